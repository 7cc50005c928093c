//! Programs with the diagnostics that are expected of them.
