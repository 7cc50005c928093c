//! The clock: `IO.time` and `IO.sleep`.

use super::IO;
use crate::error::Result;
use crate::host::Imports;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The clock: `IO.time`, `IO.sleep`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Clock`",
    label = "no implementation of `vera_runtime::host::io::Clock`",
    note = "hosts with it are `SystemClock`, `FixedClock`, `SteppingClock`: with a builder `.clock(SystemClock)`",
    note = "of your own host write `impl vera_runtime::host::io::Clock for ...`; one value may implement the traits of all effects"
)]
pub trait Clock {
    /// Milliseconds since 1970.
    fn time(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(since)
    }

    /// Waits. `time` is never longer than the remaining time of the call.
    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// The system clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {}

/// A clock that stands still. Sleeping takes no time.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedClock {
    /// The time, in milliseconds since 1970.
    pub now: u64,
}

impl Clock for FixedClock {
    fn time(&mut self) -> u64 {
        self.now
    }

    fn sleep(&mut self, _time: Duration) {}
}

/// A clock that advances whenever it is read. Sleeping takes no time and advances it as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct SteppingClock {
    /// The time of the next read, in milliseconds since 1970.
    pub now: u64,
    /// Milliseconds per read.
    pub step: u64,
}

impl Clock for SteppingClock {
    fn time(&mut self) -> u64 {
        let now = self.now;
        self.now = now.saturating_add(self.step);
        now
    }

    fn sleep(&mut self, time: Duration) {
        self.now = self.now.saturating_add(millis(time));
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The given time, or the remaining time of the call if that is less.
fn within(deadline: Option<Instant>, time: Duration) -> Duration {
    deadline.map_or(time, |deadline| time.min(deadline.saturating_duration_since(Instant::now())))
}

impl<H: Send + 'static> Imports<H> {
    /// Implements the clock operations of `IO` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares them with other types.
    pub fn clock<C: Clock + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation(IO, "sleep", move |host: &mut H, scope, (millis,): (u64,)| {
            part(host).sleep(within(scope.deadline(), Duration::from_millis(millis)));
            scope.finish::<(), _>(())
        })?
        .language_operation(IO, "time", move |host: &mut H, scope, ((),)| {
            scope.finish::<u64, _>(part(host).time() & (u64::MAX >> 1))
        })
    }
}
