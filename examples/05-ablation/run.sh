#!/bin/sh
# An ablation study from its plan to its report: depth against width at one cost, two seeds each (shape.dit). Some minutes
# on two cores.
#   sh examples/05-ablation/run.sh                STEPS, COUNT (of images that each point is evaluated on), OUT
set -eu
cd "$(dirname "$0")/../.."
study=examples/05-ablation/shape.dit#shape
out=${OUT:-runs/examples/ablation}
ditc() { printf '\n$ ditc %s\n' "$*" >&2; node cli/ditc.mjs "$@"; }
steps=recipe.steps=${STEPS:-800}

# Every point is built, matched and costed; what is left out has a reason. Nothing is trained.
ditc grid plan $study

# The same with what training and evaluating it takes, on this machine.
ditc run $study --out "$out" --count "${COUNT:-300}" --set "$steps" --dry-run

# Two points at a time. Killed or interrupted, the same command does what is missing. `--only 3` is one point, for the job
# array of a cluster.
ditc run $study --out "$out" --count "${COUNT:-300}" --set "$steps" --jobs "${JOBS:-2}" --resume

# The page was made at the end of the study; it can be made at any time, of what there is by then.
ditc report "$out" --out "$out/report.html"
