#!/bin/sh
# The unsafe code under checkers: AddressSanitizer over the vector paths, and Miri over the portable one.
#
#     tests/sanitize.sh
#
# AddressSanitizer needs x86-64 Linux and the pinned toolchain, of which RUSTC_BOOTSTRAP=1 opens the option. Miri needs a
# nightly toolchain with the components miri and rust-src; where there is none, that part is left out and said.
set -eu
cd "$(dirname "$0")/.."

echo "AddressSanitizer: kernels, every path of this processor"
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=16 \
    cargo test -p relat-kernels --lib --target x86_64-unknown-linux-gnu --target-dir target/sanitize

if cargo +nightly miri --version >/dev/null 2>&1; then
    echo "Miri: buffers and the portable path"
    # Miri has no files and no AVX-512: the fastest path that it sees is the portable one.
    MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=2 \
        cargo +nightly miri test -p relat-kernels --lib --target-dir target/miri -- aligned linear functions
else
    echo "Miri: not installed here, left out" >&2
fi
