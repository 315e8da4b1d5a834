#!/bin/sh
# A trained model in a page, with no server: the module that `ditc emit --to typescript` wrote (model/) is bundled with a
# sampler of fifty lines, the weights and TensorFlow.js into one script beside index.html. Open that in a browser.
#   sh examples/06-browser/run.sh [SAFETENSORS]    other weights of the same model; those here were made by
#                                                  ditc train 'specs/digits.dit#digits' --set size.width=60 \
#                                                    --set recipe.steps=6000 --out runs/browser-digits
set -eu
cd "$(dirname "$0")/../.."
out=${OUT:-runs/examples/browser}
ditc() { printf '\n$ ditc %s\n' "$*"; node cli/ditc.mjs "$@"; }
mkdir -p "$out"

# the same files as in model/: what is written depends on the spec alone
ditc emit 'specs/digits.dit#digits' --set size.width=60 --to typescript --out "$out/model"
cp examples/06-browser/index.html "$out/index.html"
node examples/06-browser/bundle.mjs "$out" "${1:-examples/06-browser/digits.safetensors}"

printf '\nten digits, drawn by your browser: %s\n(on its GPU: ?backend=webgpu behind that address)\n' "$out/index.html"
