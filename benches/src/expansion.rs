//! The cost of `vera!` in the build of a small crate: the crate with the macro, compared with the crate with its
//! expansion.
//!
//! Both are built by cargo, in the development profile, in a separate workspace below this one's target folder. The
//! first build makes their dependencies and is not measured.

use crate::measure::{Clock, Contender, alternate};
use crate::table::Row;
use crate::{Benchmark, sample, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const BUDGET: Duration = Duration::from_secs(20);

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    let about = "building a small crate with `vera!`, against the crate with what it expands to";
    vec![Benchmark::new("expansion", about, expansion)]
}

/// The two crates.
struct Workspace {
    folder: PathBuf,
    target: PathBuf,
}

const WITH_MACRO: &str = "//! A crate with a Vera module.\nvera_runtime::vera!(file = \"orders.vera\");\n";

fn expansion() -> Result<(), String> {
    let program = sample::program(100);
    let workspace = Workspace::create(&program)?;
    workspace.build("macro", &[("VERA_EXPAND", &workspace.folder.join("expanded/src"))])?;
    workspace
        .write("expanded/src/lib.rs", "//! A crate with a Vera module, expanded.\ninclude!(\"macro/orders.rs\");\n")?;
    workspace.build("expanded", &[])?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("macro", Box::new(|| workspace.rebuild("macro"))),
        ("expanded", Box::new(|| workspace.rebuild("expanded"))),
    ];
    let measured = alternate(Clock::Wall, BUDGET, &mut contenders)?;
    let share = 1.0 - 1.0 / measured[0].ratio(&measured[1]);
    let input = format!("{} lines, {:.0} %", program.lines().count(), share * 100.0);
    Row::of_times("expansion", input, &measured[0], &measured[1]).print();
    Ok(())
}

impl Workspace {
    fn create(program: &str) -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the package is in no workspace")?;
        let executable = std::env::current_exe().map_err(text)?;
        let target = executable.ancestors().nth(2).ok_or("the runner is in no target folder")?.to_owned();
        let workspace = Workspace { folder: target.join("benches-expansion"), target };
        // The profile is that of this workspace, so that dependencies that are built already serve both.
        workspace.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"macro\", \"expanded\"]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n",
        )?;
        std::fs::copy(root.join("Cargo.lock"), workspace.folder.join("Cargo.lock")).map_err(text)?;
        for name in ["macro", "expanded"] {
            let runtime = root.join("vera-runtime");
            workspace.write(
                &format!("{name}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\nvera-runtime = {{ path = {runtime:?} }}\n"
                ),
            )?;
        }
        workspace.write("macro/orders.vera", program)?;
        workspace.write("macro/src/lib.rs", WITH_MACRO)?;
        workspace.write("expanded/src/lib.rs", "")?;
        Ok(workspace)
    }

    fn write(&self, file: &str, contents: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        let folder = path.parent().unwrap_or(&self.folder);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, contents));
        written.map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// Builds a crate that has changed.
    fn rebuild(&self, name: &str) -> Result<i64, String> {
        let path = format!("{name}/src/lib.rs");
        let contents = std::fs::read_to_string(self.folder.join(&path)).map_err(text)?;
        self.write(&path, &contents)?;
        self.build(name, &[])
    }

    fn build(&self, name: &str, environment: &[(&str, &PathBuf)]) -> Result<i64, String> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target);
        cargo.args(["build", "--quiet", "--package", name]).envs(environment.iter().copied()).stdin(Stdio::null());
        match cargo.status() {
            Ok(status) if status.success() => Ok(0),
            Ok(status) => Err(format!("building the crate `{name}`: {status}")),
            Err(error) => Err(format!("cannot run cargo: {error}")),
        }
    }
}
