#!/usr/bin/env bash
# Fuzzes each target for some seconds (60 without an argument), and adds what it finds of new ground to the kept corpus. Installs
# cargo-fuzz. The project's one toolchain is a stable one, which is told to take the instrumentation's flags; no sanitizer is
# used: all code with `unsafe` is in engine/kernels, and tests/sanitize.sh is for that.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-fuzz >/dev/null || env -u CARGO_TARGET_DIR cargo install --quiet --locked --version 0.13.2 cargo-fuzz
# The versions of the program itself.
cp Cargo.lock fuzz/Cargo.lock
for target in segment decision body import; do
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none "$target" "fuzz/corpus/$target" -- \
        -max_total_time="${1:-60}" -max_len=4096 -print_final_stats=1
done
