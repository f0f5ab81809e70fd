#![no_main]

#[path = "../laws.rs"]
#[allow(dead_code, reason = "each target has a law of its own")]
mod laws;

static API: std::sync::LazyLock<std::sync::Mutex<laws::Api>> =
    std::sync::LazyLock::new(|| std::sync::Mutex::new(laws::Api::new()));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| API.lock().unwrap().body(bytes));
