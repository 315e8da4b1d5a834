#!/bin/sh
# A conditioning block written from scratch (low-rank.dit): checked, its cost at DiT-XL/2 beside adaLN-Zero's, and both
# trained as small models of digits (compare.dit) and compared. About two minutes on two cores.
#   sh examples/01-conditioning/run.sh            STEPS=5000 trains for longer; OUT names the folder
set -eu
cd "$(dirname "$0")/../.."
here=examples/01-conditioning
out=${OUT:-runs/examples/conditioning}
ditc() { printf '\n$ ditc %s\n' "$*" >&2; node cli/ditc.mjs "$@"; }

# Every shape and weight of the block is known, and the parameters are what the preset expects.
ditc check $here/low-rank.dit

# What it saves: settings, blocks, weights and cost of the two, where they differ.
ditc diff 'specs/dit.dit#DiT-XL/2' "$here/low-rank.dit#DiT-XL/2-low-rank"

# Is it as good? One process trains and evaluates each point; the report ranks them.
ditc run $here/compare.dit#compare --out "$out" --jobs 2 --resume \
  --count "${COUNT:-500}" --set "recipe.steps=${STEPS:-1200}"
