#![allow(clippy::all, clippy::disallowed_methods, clippy::disallowed_types)]
use vera_compiler::*;
struct L(std::path::PathBuf);
impl source::SourceLoader for L {
    fn load(&self, m: &[&str], i: &source::Importer<'_>) -> Result<(String, String), source::LoadError> {
        let mut dir = std::path::Path::new(i.name).parent().unwrap().to_path_buf();
        loop {
            let p = dir.join(m.join("/") + ".vera");
            if let Ok(t) = std::fs::read_to_string(&p) {
                return Ok((p.display().to_string(), t));
            }
            if !dir.pop() {
                return Err(source::LoadError::NotFound(vec![]));
            }
        }
    }
}
fn main() {
    for f in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&f).unwrap();
        let c =
            driver::check(driver::Source { name: f.clone(), text }, &L(f.clone().into()), &driver::Options::default());
        if c.diagnostics.has_errors() {
            let codes: Vec<String> = c.diagnostics.iter().map(|d| format!("{:?}", d.code)).collect();
            println!("{f}\tERR\t{codes:?}");
            continue;
        }
        let t = verify::table(&c.program);
        for (_, o) in t.iter() {
            let s = c.program.sources.start(o.span);
            println!(
                "{f}\t{}\t{:?}\t{}\t{}\t{}\t{}",
                o.kind.name(),
                o.listing,
                s.line,
                s.column,
                o.text.replace('\t', " "),
                o.checks.len()
            );
        }
        println!("{f}\tASSUME\t{}", t.assumptions().len());
    }
}
