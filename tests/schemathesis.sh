#!/usr/bin/env bash
# Has schemathesis try the API against its own document: every operation, every check, and chains of calls. Installs
# schemathesis by pip, in a virtual environment beside the build. `schemathesis.sh PROGRAM [SECONDS]`; without a time, every
# phase runs once.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$1
seconds=${2:-}
venv=${RELAT_VENV:-${CARGO_TARGET_DIR:-target}/schemathesis}
version=4.32.5

if ! "$venv/bin/st" --version 2>/dev/null | grep -qF "$version"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "schemathesis==$version"
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/relat-schemathesis.XXXXXX")
pid=
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

"$program" key new "$dir/key" >/dev/null
"$program" serve --bind 127.0.0.1:0 --key-file "$dir/key" --data "$dir/data" --model models/linear --log warn \
    >"$dir/out" 2>"$dir/err" &
pid=$!
for _ in $(seq 300); do
    grep -q ready "$dir/out" && break
    sleep 0.1
done
url=$(sed -n 's/^relat is ready: \(.*\)\/$/\1/p' "$dir/out")
token=$(sed -n 's/.*token=//p' "$dir/out")

# The first administrator adds a centre and somebody with every role, who then calls.
password='quatre+gats+i+un+ca'
join() { # LOGIN TOKEN: prints the cookie
    curl -sf -o /dev/null -d "token=$2&password=$password" "$url/welcome"
    curl -sf -o /dev/null -D - -d "login=$1&password=$password" "$url/sign-in" | sed -n 's/^set-cookie: \([^;]*\);.*/\1/p'
}
post() { # COOKIE PATH BODY
    curl -sf -H "cookie: $1" -H 'content-type: application/json' -H "idempotency-key: $RANDOM-$RANDOM" -d "$3" "$url$2"
}
field() { sed -n "s/^{\"$1\":\"\([^\"]*\)\".*/\1/p; s/.*,\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
admin=$(join admin "$token")
centre=$(post "$admin" /v1/centres '{"name": "Nord"}' | field id)
link=$(post "$admin" /v1/people "{\"login\": \"tot\", \"name\": \"Tot\", \"centre\": \"$centre\", \"started_on\": \"2020-01-01\",
    \"roles\": [\"worker\", \"supervisor\", \"data\", \"ethics\", \"admin\"]}" | field link)
cookie=$(join tot "${link#*token=}")

case=$(post "$cookie" /v1/cases '{"pseudonym": "P-1"}' | field id)
interview=$(post "$cookie" "/v1/cases/$case/interviews" \
    '{"text": "Fa tres mesos que no paga el lloguer i demana ajut.", "held_on": "2026-11-20"}' | field id)
export RELAT_SESSION="${cookie#*=}" RELAT_CENTRE="$centre" RELAT_CASE="$case" RELAT_INTERVIEW="$interview" RELAT_URL="$url"
if ! PYTHONPATH=tests "$venv/bin/st" --config-file tests/schemathesis.toml run "$url/v1/openapi.json" \
    --checks all ${seconds:+--max-time "$seconds"} --request-timeout 30 --no-color; then
    echo "what the service logged:"
    tail -n 20 "$dir/err"
    exit 1
fi
if grep -q panic "$dir/err"; then
    echo "the service panicked:"
    grep panic "$dir/err"
    exit 1
fi
