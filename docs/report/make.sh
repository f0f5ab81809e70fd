#!/usr/bin/env bash
# Makes the example report anew, the same bytes from the same inputs.
#
#   docs/report/make.sh              reads every text with the bundle and makes the report: minutes
#   docs/report/make.sh --quick      makes it from the readings kept here: after a change of gates, figures or pages, none of texts
#   docs/report/make.sh --train      of an n-gram bundle, first its predictions: leave-one-writer-out with its recipe
#
# Environment: BUNDLE (default: that of the report kept here), DATE (default: its day) and, for another bundle, PREDICTIONS: the
# assessments of unseen writers that its training left (`predictions.jsonl` in the run's folder, or what `relat-train linear
# --examples` wrote). They are copied here, and refused where they are not those that the bundle was measured on. A test of
# relat-eval makes the same report and compares every byte, so run this after any change of bundle, corpora, gates or report, and
# commit the result.
set -euo pipefail
predictions=docs/report/predictions.jsonl.gz
given=${PREDICTIONS:+$(realpath "$PREDICTIONS")}
cd "$(dirname "$0")/../.."
bundle=${BUNDLE:-$(cat docs/report/BUNDLE)}
date=${DATE:-$(cat docs/report/DATE)}

if [ "${1:-}" = --train ]; then
    again=$(mktemp -d)
    cargo run --release --quiet -p relat-training -- linear "$bundle/recipe.toml" --out "$again" --examples "$predictions"
    # Predictions of a model that is not the one reported would be somebody else's figures.
    cmp "$again/manifest.json" "$bundle/manifest.json"
    rm -r "$again"
elif [ -n "$given" ]; then
    case $given in
        *.gz) cp "$given" "$predictions" ;;
        *) gzip -9nc "$given" >"$predictions" ;;
    esac
fi
again=--read-again
[ "${1:-}" != --quick ] || again=
status=0
cargo run --release --quiet -p relat-eval -- report --bundle "$bundle" --predictions "$predictions" \
    --readings docs/report/readings.json.gz $again --by relat --date "$date" --out docs/report || status=$?
# 1 says that a gate stops the release: the report is there all the same.
[ "$status" -le 1 ] || exit "$status"
printf '%s\n' "$date" > docs/report/DATE
printf '%s\n' "$bundle" > docs/report/BUNDLE
