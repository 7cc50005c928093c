//! The memory that a process uses.

use std::time::Duration;

/// The time between two looks.
#[cfg(target_os = "linux")]
pub(super) const INTERVAL: Duration = Duration::from_millis(20);
#[cfg(not(target_os = "linux"))]
pub(super) const INTERVAL: Duration = Duration::from_millis(250);

/// Bytes of memory that a process uses; `None` if that is not known, as on Windows.
#[cfg(target_os = "linux")]
pub(super) fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Bytes of memory that a process uses; `None` if that is not known, as on Windows.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn resident(process: u32) -> Option<u64> {
    let output = std::process::Command::new("ps").args(["-o", "rss=", "-p", &process.to_string()]).output().ok()?;
    let kilobytes: u64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Bytes of memory that a process uses; `None` if that is not known, as on Windows.
#[cfg(not(unix))]
pub(super) fn resident(_: u32) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn this_process_takes_some_memory() {
        let bytes = super::resident(std::process::id()).unwrap();
        assert!((1 << 20..1 << 36).contains(&bytes), "{bytes}");
    }
}
