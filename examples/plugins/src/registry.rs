//! The plugins of a folder, and the changes when its files change.

use crate::grants::Grants;
use crate::plugin::{Plugin, Refusal};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The plugins of a folder, by name. Only [`Registry::refresh`] reads files again.
pub struct Registry {
    folder: PathBuf,
    grants: Grants,
    entries: BTreeMap<String, Entry>,
}

/// A file of the folder.
struct Entry {
    /// What was read last. Files are compared by contents: their times say too little.
    text: String,
    /// What answers: of this text, or of an earlier one when this text is refused.
    plugin: Option<Plugin>,
}

/// A change of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new, and loaded.
    Loaded(String),
    /// Its file has changed, and the new program is in use.
    Replaced(String),
    /// Its file is gone, and so is the plugin.
    Removed(String),
    /// The program in its file is refused. A plugin that was loaded before stays in use.
    Refused(String, Refusal),
}

impl Registry {
    /// Loads the plugins of a folder.
    ///
    /// # Errors
    /// When the folder cannot be read, or its grants are wrong. A wrong plugin is not an error: it is
    /// [`Change::Refused`].
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<(Self, Vec<Change>)> {
        let folder = folder.into();
        let grants = Grants::read(&folder.join("grants.json")).map_err(io::Error::other)?;
        let mut registry = Registry { folder, grants, entries: BTreeMap::new() };
        let changes = registry.refresh()?;
        Ok((registry, changes))
    }

    /// Reads the files again if they changed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn refresh(&mut self) -> io::Result<Vec<Change>> {
        let files = self.files()?;
        let mut changes = Vec::new();
        self.entries.retain(|name, _| {
            let stays = files.contains_key(name);
            if !stays {
                changes.push(Change::Removed(name.clone()));
            }
            stays
        });
        for (name, path) in files {
            let text = std::fs::read_to_string(&path)?;
            changes.extend(self.update(name, &path, text));
        }
        Ok(changes)
    }

    fn files(&self) -> io::Result<BTreeMap<String, PathBuf>> {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "vera")) {
                files.insert(name, path);
            }
        }
        Ok(files)
    }

    fn update(&mut self, name: String, path: &Path, text: String) -> Option<Change> {
        if self.entries.get(&name).is_some_and(|known| known.text == text) {
            return None;
        }
        let loaded = Plugin::load(path, text.clone(), &self.grants.of(&name));
        let entry = self.entries.entry(name.clone()).or_insert(Entry { text: String::new(), plugin: None });
        entry.text = text;
        Some(match (loaded, &mut entry.plugin) {
            (Err(refusal), _) => Change::Refused(name, refusal),
            (Ok(next), Some(plugin)) => match plugin.replace(next) {
                Ok(()) => Change::Replaced(name),
                Err(refusal) => Change::Refused(name, refusal),
            },
            (Ok(next), none) => {
                *none = Some(next);
                Change::Loaded(name)
            }
        })
    }

    /// The plugins that can be called, in the order of their names.
    pub fn plugins(&mut self) -> impl Iterator<Item = (&str, &mut Plugin)> {
        self.entries.iter_mut().filter_map(|(name, entry)| Some((name.as_str(), entry.plugin.as_mut()?)))
    }

    /// A plugin by its name.
    pub fn plugin(&mut self, name: &str) -> Option<&mut Plugin> {
        self.entries.get_mut(name)?.plugin.as_mut()
    }
}
