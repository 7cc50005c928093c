//! What a program asked for and was not granted, and the option that would grant it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use vera_runtime::host::Refusal;

/// Notes that are kept; a program may ask for any number of things.
const MOST: usize = 16;

/// What was not granted in a run, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<BTreeSet<Refusal>>>);

impl Notes {
    /// What a host calls for what it refuses.
    pub(crate) fn hook(&self) -> impl Fn(&Refusal) + Send + Sync + 'static {
        let notes = Arc::clone(&self.0);
        move |refusal| {
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            if notes.len() < MOST {
                notes.insert(refusal.clone());
            }
        }
    }

    /// The notes, as sentences.
    pub(crate) fn lines(&self) -> Vec<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: BTreeSet<String> = notes.iter().map(line).collect();
        lines.into_iter().collect()
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
