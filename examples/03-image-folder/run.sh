#!/bin/sh
# Training on a folder of images, a sub-folder a class; any format that sharp reads.
#   sh examples/03-image-folder/run.sh            makes 900 pictures of shapes first: about a minute on two cores
#   sh examples/03-image-folder/run.sh FOLDER     trains on yours, resized to 32 x 32; STEPS, OUT
set -eu
cd "$(dirname "$0")/../.."
here=examples/03-image-folder
out=${OUT:-runs/examples/image-folder}
ditc() { printf '\n$ ditc %s\n' "$*" >&2; node cli/ditc.mjs "$@"; }

data=${1:-$out/shapes}
if [ ! -e "$data" ]; then node $here/make-shapes.mjs "$data" "${COUNT:-300}"; fi
classes=$(find "$data" -mindepth 1 -maxdepth 1 -type d | wc -l | tr -d ' ')

ditc train $here/shapes.dit#shapes --data "$data" --out "$out/run" --resume \
  --set "classes=$classes" --set "recipe.steps=${STEPS:-1500}"

# from the run folder alone: it holds the spec too
ditc sample "$out/run" --count 36 --columns 12 --out "$out/samples.png" --trajectory "$out/trajectory.png"
