#![no_main]

#[path = "../laws.rs"]
#[allow(dead_code, reason = "each target has a law of its own")]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::segment(bytes));
