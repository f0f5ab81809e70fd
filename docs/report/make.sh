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

# What may be refused lies elsewhere until it is not.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
new=$predictions
if [ "${1:-}" = --train ]; then
    new=$made/predictions.jsonl.gz
    cargo run --release --quiet -p relat-training -- linear "$bundle/recipe.toml" --out "$made/bundle" --examples "$new"
    # Predictions of a model that is not the one reported would be somebody else's figures.
    cmp "$made/bundle/manifest.json" "$bundle/manifest.json"
elif [ -n "$given" ]; then
    new=$made/predictions.jsonl.gz
    case $given in
        *.gz) cp "$given" "$new" ;;
        *) gzip -9nc "$given" >"$new" ;;
    esac
fi
again=--read-again
[ "${1:-}" != --quick ] || again=
status=0
cargo run --release --quiet -p relat-eval -- report --bundle "$bundle" --predictions "$new" \
    --readings docs/report/readings.json.gz $again --by relat --date "$date" --out docs/report || status=$?
# 1 says that a gate stops the release: the report is there all the same.
[ "$status" -le 1 ] || exit "$status"
[ "$new" = "$predictions" ] || { cp "$new" "$predictions.part" && mv "$predictions.part" "$predictions"; }
printf '%s\n' "$date" > docs/report/DATE
printf '%s\n' "$bundle" > docs/report/BUNDLE
