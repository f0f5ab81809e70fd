#!/bin/sh
# The unsafe code under checkers: AddressSanitizer over the vector paths, Miri over the portable one, and the tests of the
# kernels on another processor.
#
#     tests/sanitize.sh [asan] [miri] [aarch64]
#
# AddressSanitizer needs x86-64 Linux and the pinned toolchain, of which RUSTC_BOOTSTRAP=1 opens the option. Miri needs a
# nightly toolchain with the components miri and rust-src. aarch64 needs rustup's target of this name, and Debian's
# gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user. Where one is not there, that part is left out and said.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- asan miri aarch64
# What the kernels rest on is built quickly: it is not what is checked.
quick='profile.dev.package."*".opt-level=0'

for part; do
    case $part in
    asan)
        echo "AddressSanitizer: kernels, every path of this processor"
        RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=16 \
            cargo test --config "$quick" -p relat-kernels --lib --target x86_64-unknown-linux-gnu --target-dir target/sanitize
        ;;
    miri)
        if ! cargo +nightly miri --version >/dev/null 2>&1; then
            echo "Miri: not installed here, left out" >&2
            continue
        fi
        echo "Miri: buffers and the portable path"
        # Miri has no AVX-512: the fastest path that it sees is the portable one. It is slow: short rows only.
        MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=2 \
            cargo +nightly miri test -p relat-kernels --lib --target-dir target/miri -- \
            aligned gate number_of_rows quantised_numbers
        ;;
    aarch64)
        if ! command -v qemu-aarch64 >/dev/null || ! command -v aarch64-linux-gnu-gcc >/dev/null; then
            echo "aarch64: no qemu-aarch64 or aarch64-linux-gnu-gcc here, left out" >&2
            continue
        fi
        echo "aarch64: kernels, the portable path under emulation"
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
            CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" PROPTEST_CASES=4 \
            cargo test --config "$quick" -p relat-kernels --lib --target aarch64-unknown-linux-gnu --target-dir target/aarch64
        ;;
    *)
        echo "expected asan, miri or aarch64, not $part" >&2
        exit 1
        ;;
    esac
done
