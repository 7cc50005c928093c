//! Refused requests of a program, and the option that would grant each.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use vera_runtime::host::Refusal;

/// Notes that are kept; a program may ask for any number of things.
const MOST: usize = 16;

/// What was not granted in a run, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    refusals: BTreeSet<Refusal>,
    /// Those that are not printed yet.
    new: Vec<String>,
}

impl Notes {
    /// What a host calls for what it refuses.
    pub(crate) fn hook(&self) -> impl Fn(&Refusal) + Send + Sync + 'static {
        let notes = Arc::clone(&self.0);
        move |refusal| {
            let mut kept = notes.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.refusals.len() < MOST && kept.refusals.insert(refusal.clone()) {
                let line = line(refusal);
                if !kept.new.contains(&line) {
                    kept.new.push(line);
                }
            }
        }
    }

    /// The notes that are new since this was asked last, as sentences.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).new)
    }
}

fn line(refusal: &Refusal) -> String {
    let what = &refusal.what;
    let (what, option) = match refusal.capability {
        "Files" => {
            let parent = Path::new(what).parent().filter(|parent| !parent.as_os_str().is_empty());
            let folder = parent.unwrap_or(Path::new("."));
            (format!("the file {what:?}"), format!("--dir {}", folder.display()))
        }
        "Environment" => (format!("the environment variable {what:?}"), format!("--env {what}")),
        "Http" => (format!("a request to {what}"), format!("--allow-net {what}")),
        "Inference" => (format!("a model at {what}"), format!("--allow-net {what}")),
        "Database" => ("a database".to_owned(), "--db FILE, or --db sqlite::memory:".to_owned()),
        other => (format!("{other}: {what}"), "no option".to_owned()),
    };
    format!("Note: the program asked for {what} and was refused. To grant it: {option}")
}
