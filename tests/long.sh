#!/usr/bin/env bash
# The long tests, which CI does a short form of: each store is killed 200 times under load.
set -euo pipefail
cd "$(dirname "$0")/.."

cluster=$(mktemp -u "${TMPDIR:-/tmp}/relat-postgres.XXXXXX")
trap '"$PWD/tests/postgres.sh" stop "$cluster"' EXIT
RELAT_TEST_POSTGRES=$(tests/postgres.sh start "$cluster")
export RELAT_TEST_POSTGRES RELAT_TEST_KILLS=${RELAT_TEST_KILLS:-200}

cargo test --locked --workspace --test it -- --nocapture --test-threads 1 kill::
