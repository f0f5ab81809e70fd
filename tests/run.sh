#!/usr/bin/env bash
# Passes all tests, and installs what they need by name: Debian's chromium, chromium-driver, postgresql,
# iproute2, curl, openssl, nodejs, npm and python3-venv, axe-core and oidc-provider from npm, cargo-deny, and by pip, in a
# virtual environment beside the build, schemathesis.
# Honours CARGO_TARGET_DIR: one target directory may be shared by several clones.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    say "installing chromium and chromium-driver (apt)"
    as_root apt-get update -qq
    as_root apt-get install -y -qq chromium chromium-driver >/dev/null
fi
if [ ! -d /usr/lib/postgresql ] && ! command -v pg_config >/dev/null; then
    say "installing postgresql (apt)"
    as_root apt-get update -qq
    # Its own cluster is not wanted: tests start one in a folder of theirs.
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    as_root apt-get install -y -qq postgresql >/dev/null
fi
if ! command -v ip >/dev/null || ! command -v curl >/dev/null || ! command -v openssl >/dev/null; then
    say "installing iproute2, curl and openssl (apt)"
    as_root apt-get update -qq
    as_root apt-get install -y -qq iproute2 curl openssl >/dev/null
fi
if [ ! -e tests/node_modules/axe-core/axe.min.js ]; then
    if ! command -v npm >/dev/null; then
        say "installing npm (apt)"
        as_root apt-get update -qq
        as_root apt-get install -y -qq npm >/dev/null
    fi
    say "installing axe-core (npm)"
    (cd tests && npm ci --silent --no-audit --no-fund)
fi
if ! python3 -c 'import ensurepip' 2>/dev/null; then
    say "installing python3-venv (apt)"
    as_root apt-get update -qq
    as_root apt-get install -y -qq python3-venv >/dev/null
fi
if ! cargo deny --version >/dev/null 2>&1; then
    say "installing cargo-deny (cargo)"
    env -u CARGO_TARGET_DIR cargo install --quiet --locked cargo-deny@0.20.2
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say "installing nodejs and npm (apt)"
    as_root apt-get update -qq
    as_root apt-get install -y -qq nodejs npm >/dev/null
fi
say "installing oidc-provider (npm)"
npm ci --silent --no-audit --no-fund --prefix tests/oidc

say "format"
cargo fmt --all --check

say "dependencies: bans, licences, sources"
cargo deny --log-level error check bans licenses sources
# Advisories live in a repository of their own; without a network there is nothing to compare with.
if ! cargo deny --log-level error check advisories; then
    if [ -n "${RELAT_REQUIRE_ADVISORIES:-}" ]; then exit 1; fi
    say "NOT CHECKED or failed: advisories (see above). Set RELAT_REQUIRE_ADVISORIES=1 to make this fatal."
fi

say "clippy"
cargo clippy --locked --workspace --all-targets --quiet -- -D warnings

say "tests, on SQLite and on PostgreSQL"
cluster=$(mktemp -u "${TMPDIR:-/tmp}/relat-postgres.XXXXXX")
trap '"$PWD/tests/postgres.sh" stop "$cluster"' EXIT
RELAT_TEST_POSTGRES=$(tests/postgres.sh start "$cluster")
RELAT_TEST_POSTGRES_TLS=$(tests/postgres.sh tls "$cluster")
RELAT_TEST_OIDC=1
export RELAT_TEST_POSTGRES RELAT_TEST_POSTGRES_TLS RELAT_TEST_OIDC
cargo test --locked --workspace --quiet

say "the API against its own document, by schemathesis"
tests/schemathesis.sh "${CARGO_TARGET_DIR:-target}/debug/relat-under-test"

say "documents"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

say "benches build"
# In the profile of the tests, whose dependencies are built: a build for release would take longer than the rest together.
cargo build --locked --workspace --benches --examples --quiet

say "all passed"
