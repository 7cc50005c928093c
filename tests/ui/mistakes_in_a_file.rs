//! A mistake in a file is told with file, line and column, at the path; one in an imported file too.

vera_runtime::vera!(file = "ui/vera/wrong.vera");

vera_runtime::vera!(file = "ui/vera/importer.vera");

fn main() {
    let _ = (wrong::Module::new(), importer::Module::new());
}
