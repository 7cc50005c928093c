//! Timing contenders against each other.

use std::time::{Duration, Instant};

/// Somebody who does the work of a benchmark once and returns its checksum.
pub(crate) type Contender<'a> = Box<dyn FnMut() -> Result<i64, String> + 'a>;

/// What was measured of a contender.
pub(crate) struct Measured {
    /// Median time of one run.
    pub(crate) median: Duration,
    /// The checksum, the same in every run.
    pub(crate) checksum: i64,
}

/// Runs the contenders alternately, so that a disturbance of the machine hits all of them, until each has run for about
/// `budget` or 41 times, at least 5 times.
///
/// # Errors
/// The first contender's message that fails, or whose checksum changes between runs.
pub(crate) fn alternate(
    contenders: &mut [(&'static str, Contender<'_>)],
    budget: Duration,
) -> Result<Vec<Measured>, String> {
    let mut times = vec![Vec::new(); contenders.len()];
    let mut checksums = vec![None; contenders.len()];
    for round in 0..41 {
        for (index, (name, run)) in contenders.iter_mut().enumerate() {
            let start = Instant::now();
            let checksum = run().map_err(|message| format!("{name}: {message}"))?;
            // The first run warms caches and grows heaps.
            if round > 0 {
                times[index].push(start.elapsed());
            }
            if *checksums[index].get_or_insert(checksum) != checksum {
                return Err(format!("{name}: checksums differ between runs"));
            }
        }
        let spent: Duration = times.iter().flatten().sum();
        if round >= 5 && spent > budget * contenders.len() as u32 {
            break;
        }
    }
    let measured = times.iter_mut().zip(checksums).map(|(times, checksum)| {
        times.sort_unstable();
        Measured { median: times[times.len() / 2], checksum: checksum.unwrap_or_default() }
    });
    Ok(measured.collect())
}

/// A time with a fitting unit.
pub(crate) fn shown(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    match nanos {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.2} us", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}
