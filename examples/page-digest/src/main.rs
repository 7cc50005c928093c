//! Digests a document: `page-digest [PATH]` takes a `.json`, `.html` or `.md` file.
//!
//! Without a path it digests three documents of this workspace: the JSON that `cargo metadata` prints, the repository's
//! README, and an HTML page beside this file. The documents are parsed into the module's memory. The Vera program
//! `digest.vera` walks them and returns a typed summary.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use digest::Digest;

vera_runtime::vera!(file = "src/digest.vera");

/// Prints the module's progress messages and counts them.
#[derive(Debug, Default)]
struct Console {
    messages: usize,
}

#[vera_runtime::vera_host]
impl digest::Log for Console {
    fn info(&mut self, message: &str) {
        self.messages += 1;
        println!("  [{}] {message}", self.messages);
    }
}

/// The kinds of document, by file name.
enum Kind {
    Json,
    Html,
    Markdown,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Box<dyn Error>> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => Ok(Kind::Json),
            Some("html" | "htm") => Ok(Kind::Html),
            Some("md" | "markdown") => Ok(Kind::Markdown),
            _ => Err(format!("{}: neither .json, .html nor .md", path.display()).into()),
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("page-digest: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut module = digest::Module::new(Console::default())?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(path) => {
            let kind = Kind::of(&path)?;
            report(&mut module, &path.display().to_string(), &kind, &read(&path)?)?;
        }
        None => {
            report(&mut module, "cargo metadata", &Kind::Json, &cargo_metadata(here)?)?;
            report(&mut module, "README.md", &Kind::Markdown, &read(&here.join("../../README.md"))?)?;
            report(&mut module, "page.html", &Kind::Html, &read(&here.join("page.html"))?)?;
        }
    }
    Ok(())
}

fn report(module: &mut digest::Module<Console>, name: &str, kind: &Kind, text: &str) -> Result<(), Box<dyn Error>> {
    println!("{name}:");
    let digest = match kind {
        Kind::Json => module.json(text)?,
        Kind::Html => module.html(text)?,
        Kind::Markdown => module.markdown(text)?,
    };
    // The outer result is that of the call, this one that of the program: the document is malformed.
    let Digest(kind, nodes, depth, bytes, headlines) = digest?;
    println!("  {kind}: {nodes} nodes, {depth} levels, {bytes} bytes of text, {} headlines", headlines.len());
    for headline in headlines.iter().take(5) {
        println!("    {headline}");
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn cargo_metadata(package: &Path) -> Result<String, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output =
        Command::new(cargo).args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(package).output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
