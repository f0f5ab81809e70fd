#!/usr/bin/env bash
# Makes the example report anew, the same bytes from the same inputs.
#
#   docs/report/make.sh                 the report of models/linear from the predictions kept here
#   docs/report/make.sh --train         the predictions first: leave-one-writer-out with the bundle's recipe (minutes)
#
# Environment: BUNDLE (default models/linear), DATE (default: that of the report kept here). A test of relat-eval runs the
# same report and compares every byte, so run this after any change of bundle, corpora, gates or report, and commit the result.
set -euo pipefail
cd "$(dirname "$0")/../.."
bundle=${BUNDLE:-models/linear}
date=${DATE:-$(cat docs/report/DATE)}
predictions=docs/report/predictions.jsonl.gz

if [ "${1:-}" = --train ]; then
    again=$(mktemp -d)
    cargo run --release --quiet -p relat-training -- linear "$bundle/recipe.toml" --out "$again" --examples "$predictions"
    # Predictions of a model that is not the one reported would be somebody else's figures.
    cmp "$again/manifest.json" "$bundle/manifest.json"
    rm -r "$again"
fi
status=0
cargo run --release --quiet -p relat-eval -- report --bundle "$bundle" --predictions "$predictions" \
    --by relat --date "$date" --out docs/report || status=$?
# 1 says that a gate stops the release: the report is there all the same.
[ "$status" -le 1 ] || exit "$status"
printf '%s\n' "$date" > docs/report/DATE
printf '%s\n' "$bundle" > docs/report/BUNDLE
