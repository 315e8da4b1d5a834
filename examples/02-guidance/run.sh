#!/bin/sh
# Classifier-free guidance of a trained model: the same noise and labels without it, with more and more of it, and with it
# in the middle of sampling only (Kynkäänniemi 2024); and what it does to fidelity and diversity.
#   sh examples/02-guidance/run.sh [RUN]          RUN: any run folder, or a point of a study; unless given, digits are
#                                                 trained for a minute first (STEPS)
set -eu
cd "$(dirname "$0")/../.."
out=${OUT:-runs/examples/guidance}
run=$out/run
ditc() { printf '\n$ ditc %s\n' "$*" >&2; node cli/ditc.mjs "$@"; }
mkdir -p "$out"

# evaluating writes into the run folder, so a run of somebody else is copied
if [ $# -gt 0 ] && [ ! -e "$run" ]; then cp -r "$1" "$run"; fi
if [ ! -e "$run/weights.safetensors" ]; then
  ditc train specs/digits.dit#digits --out "$run" --resume \
    --set "recipe.steps=${STEPS:-2000}" --set recipe.evaluate_every=100000
fi

page=$out/guidance.html
printf '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Guidance</title><style>
body { font: 16px system-ui; display: flex; flex-wrap: wrap; gap: 24px } figure { margin: 0; width: 580px; max-width: 100%% } img { width: 100%%; image-rendering: pixelated }
</style>\n' > "$page"

# one NAME CAPTION OPTION…: forty samples into the page, and a few hundred measured
one() {
  name=$1 caption=$2
  shift 2
  ditc sample "$run" --out "$out/$name.png" "$@"
  ditc evaluate "$run" --count "${COUNT:-200}" --nearest 0 "$@" | tee "$out/$name.txt"
  printf '<figure><img src="%s.png" alt=""><figcaption>%s</figcaption><pre>%s</pre></figure>\n' \
    "$name" "$caption" "$(cat "$out/$name.txt")" >> "$page"
}

one none 'no guidance' --set recipe.sample.guidance.scale=1
one scale-2 'scale 2' --set recipe.sample.guidance.scale=2
one scale-5 'scale 5' --set recipe.sample.guidance.scale=5
# `from` and `to` are shares of the schedule's time, 1 being noise: outside of them the scale is 1
one interval 'scale 5, between a fifth and four fifths of the way' --set recipe.sample.guidance.scale=5 \
  --set recipe.sample.guidance.from=0.2 --set recipe.sample.guidance.to=0.8

printf '\nside by side: %s\n' "$page"
