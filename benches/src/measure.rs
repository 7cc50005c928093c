//! Timing contenders against each other.
//!
//! Contenders run in turn, a sample each, so that a disturbance of the machine hits all of them. A sample is as many
//! runs as take a few milliseconds of processor time of this thread: what other processes do in the meantime does not
//! count. What is compared are the samples of one round with each other, not medians of different moments.

use cpu_time::{ProcessTime, ThreadTime};
use std::time::{Duration, Instant};

/// Somebody who does the work of a benchmark once and returns its checksum.
pub(crate) type Contender<'a> = Box<dyn FnMut() -> Result<i64, String> + 'a>;

/// The least a sample takes, where a single run is shorter.
const SAMPLE: Duration = Duration::from_millis(3);
/// Rounds at least and at most.
const ROUNDS: std::ops::RangeInclusive<usize> = 5..=41;

/// The clock of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Processor time of this thread.
    Processor,
    /// Processor time of all threads of this process.
    AllThreads,
    /// The wall's, for work that other processes do.
    Wall,
}

/// A moment by every clock.
struct Moment {
    wall: Instant,
    thread: ThreadTime,
    process: ProcessTime,
}

impl Moment {
    fn now() -> Self {
        Moment { wall: Instant::now(), process: ProcessTime::now(), thread: ThreadTime::now() }
    }

    fn elapsed(&self, clock: Clock) -> Duration {
        match clock {
            Clock::Processor => self.thread.elapsed(),
            Clock::AllThreads => self.process.elapsed(),
            Clock::Wall => self.wall.elapsed(),
        }
    }
}

/// What was measured of a contender.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Time of one run in each sample, in seconds, in the order of the rounds.
    samples: Vec<f64>,
    /// The checksum, the same in every run.
    pub(crate) checksum: i64,
}

impl Measured {
    /// Median time of one run.
    pub(crate) fn median(&self) -> Duration {
        Duration::from_secs_f64(median(self.samples.clone()))
    }

    /// Shortest time of one run.
    pub(crate) fn least(&self) -> Duration {
        Duration::from_secs_f64(self.samples.iter().copied().fold(f64::INFINITY, f64::min))
    }

    /// How many times as long as another contender's a run takes: the median over the rounds.
    pub(crate) fn ratio(&self, other: &Measured) -> f64 {
        median(self.samples.iter().zip(&other.samples).map(|(mine, other)| mine / other).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs the contenders in turn until each has run for about `budget` within the bounds on rounds, after a first run that
/// does not count: it warms caches and grows heaps.
///
/// # Errors
/// The first contender's message that fails, or whose checksum changes between runs.
pub(crate) fn alternate(
    clock: Clock,
    budget: Duration,
    contenders: &mut [(&'static str, Contender<'_>)],
) -> Result<Vec<Measured>, String> {
    let mut measured = Vec::with_capacity(contenders.len());
    let mut repeats = Vec::with_capacity(contenders.len());
    for (name, run) in contenders.iter_mut() {
        let checksum = run().map_err(|message| format!("{name}: {message}"))?;
        measured.push(Measured { samples: Vec::new(), checksum });
        let once = timed(clock, 1, run, checksum).map_err(|message| format!("{name}: {message}"))?;
        repeats.push((SAMPLE.as_secs_f64() / once.max(1e-9)).clamp(1.0, 1e6).ceil() as u32);
    }
    let start = Instant::now();
    for round in 1..=*ROUNDS.end() {
        for (((name, run), measured), &repeats) in contenders.iter_mut().zip(&mut measured).zip(&repeats) {
            let time = timed(clock, repeats, run, measured.checksum).map_err(|message| format!("{name}: {message}"))?;
            measured.samples.push(time);
        }
        if round >= *ROUNDS.start() && start.elapsed() > budget * contenders.len() as u32 {
            break;
        }
    }
    Ok(measured)
}

/// Seconds of one of several runs.
fn timed(clock: Clock, repeats: u32, run: &mut Contender<'_>, checksum: i64) -> Result<f64, String> {
    let start = Moment::now();
    for _ in 0..repeats {
        let found = run()?;
        if found != checksum {
            return Err(format!("its checksum is {found} in one run and {checksum} in another"));
        }
    }
    Ok(start.elapsed(clock).as_secs_f64() / f64::from(repeats))
}
