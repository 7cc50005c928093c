//! A child process that is written to and read from with timeouts, and killed when it uses too much memory.

mod memory;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Maximum length of a line that a child may write, in bytes.
const MAX_LINE: u64 = 1 << 20;
/// Maximum number of lines that wait to be read; a child that writes more waits.
const WAITING: usize = 64;
/// The time before the first look at its memory, because most answers come sooner.
const FIRST_LOOK: Duration = Duration::from_millis(20);

/// Why there is no next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The deadline is past.
    Late,
    /// The child uses more memory than it may.
    Memory,
    /// The child closed its output, or wrote a line that is not text.
    Ended,
}

/// A child process. It is killed when dropped.
///
/// One thread writes and one reads, so a child that does neither blocks only these threads. They end with the child.
pub(crate) struct Pipe {
    child: Child,
    /// Bytes that it may use, if the use is known.
    memory: u64,
    input: Sender<Vec<u8>>,
    output: Receiver<String>,
}

impl Pipe {
    /// Starts a program, which may use this number of bytes. Its standard error is dropped.
    pub(crate) fn start(command: &mut Command, memory: u64) -> std::io::Result<Self> {
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = streams.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (input, requests) = channel();
        let (lines, output) = sync_channel(WAITING);
        // From here on the child is killed, should a thread not start.
        let pipe = Pipe { child, memory, input, output };
        let thread = || thread::Builder::new().name("vera-solver-pipe".to_owned());
        if let Some(stdin) = stdin {
            thread().spawn(move || write(stdin, &requests))?;
        }
        if let Some(stdout) = stdout {
            thread().spawn(move || read(stdout, &lines))?;
        }
        Ok(pipe)
    }

    /// Sends text without waiting. A child that is gone is noticed when it is read from.
    pub(crate) fn send(&self, text: String) {
        _ = self.input.send(text.into_bytes());
    }

    /// The next line, without its end.
    pub(crate) fn line(&self, deadline: Instant) -> Result<String, Broken> {
        let mut look = FIRST_LOOK;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left.min(look)) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => return Err(Broken::Ended),
                Err(RecvTimeoutError::Timeout) if left <= look => return Err(Broken::Late),
                Err(RecvTimeoutError::Timeout) => {
                    if memory::resident(self.child.id()).is_some_and(|bytes| bytes > self.memory) {
                        return Err(Broken::Memory);
                    }
                    look = memory::INTERVAL;
                }
            }
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // It is gone already when this fails; waiting for it frees its entry in the table of processes.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn write(mut stdin: impl Write, requests: &Receiver<Vec<u8>>) {
    while let Ok(request) = requests.recv() {
        if stdin.write_all(&request).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read(stdout: impl Read, lines: &SyncSender<String>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(_) if line.pop() == Some(b'\n') => {}
            _ => return,
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let Ok(line) = String::from_utf8(line) else { return };
        if lines.send(line).is_err() {
            return;
        }
    }
}
