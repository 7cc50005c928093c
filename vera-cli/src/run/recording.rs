//! `--record` and `--replay`.

use crate::grants::Terminal;
use std::io;
use std::path::Path;
use vera_runtime::host::inference::Provider;
use vera_runtime::host::io::Console;
use vera_runtime::host::{Recorder, Replay, ReplayedCall};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Instance, Limits};

/// The host of a run that is replayed: what the program prints is printed again.
pub(super) struct Replaying {
    pub(super) console: Terminal,
    replay: Replay,
}

/// The keys of the user's models: in no recording.
fn secrets() -> impl Iterator<Item = String> {
    Provider::ALL.into_iter().filter_map(|provider| std::env::var(provider.key_variable()).ok())
}

/// A recorder that writes to a file.
///
/// # Errors
/// When the file cannot be made.
pub(super) fn recorder(path: &Path) -> Result<Recorder, String> {
    let recorder = Recorder::create(path).map_err(|error| format!("--record {}: {error}", path.display()))?;
    Ok(secrets().fold(recorder, Recorder::redact))
}

/// An instance that is answered from a recording.
///
/// # Errors
/// When there is no recording, or the program cannot be loaded.
pub(super) fn replay(
    compiled: &Compiled,
    path: &Path,
    console: Terminal,
    limits: Limits,
) -> Result<Instance<Replaying>, String> {
    let replay = Replay::from_file(path).map_err(|error| format!("--replay {}: {error}", path.display()))?;
    let host = Replaying { console, replay: secrets().fold(replay, Replay::redact) };
    let linked = compiled.link(host, limits).and_then(|imports| imports.replay(|host| &mut host.replay, print));
    linked.and_then(|imports| imports.instantiate()).map_err(|error| error.to_string())
}

fn print(host: &mut Replaying, call: &ReplayedCall<'_>) -> io::Result<()> {
    match (call.effect, call.operation, call.arguments) {
        ("IO", "print", [DynValue::String(text)]) => host.console.print(&String::from_utf8_lossy(text)),
        ("IO", "stderr", [DynValue::String(text)]) => host.console.print_error(&String::from_utf8_lossy(text)),
        _ => Ok(()),
    }
}
