#!/bin/sh
# Weights of the official DiT code: looked into, held against a spec, converted, run beside PyTorch, sampled from. tiny.pt is
# laid out as its training checkpoints are ({model, ema, opt, args}); examples/README.md has the same
# commands for DiT-XL/2.
#   sh examples/04-official-weights/run.sh        a few seconds; OUT names the folder
set -eu
cd "$(dirname "$0")/../.."
here=examples/04-official-weights
out=${OUT:-runs/examples/official-weights}
ditc() { printf '\n$ ditc %s\n' "$*" >&2; node cli/ditc.mjs "$@"; }
mkdir -p "$out"

# A .pt file is a pickle. Nothing in it is run; its tensors are read where they lie.
ditc weights show $here/tiny.pt --part ema

# What the model of the spec would find, miss and not know.
ditc weights show $here/tiny.pt --part ema --against $here/tiny.dit#tiny

# The averaged weights alone, as safetensors.
ditc weights convert $here/tiny.pt --part ema --out "$out/ema.safetensors"

# One evaluation on the inputs that PyTorch was given, beside what it put out.
ditc forward $here/tiny.dit#tiny --weights "$out/ema.safetensors" --layout nchw \
  --inputs $here/inputs.safetensors --out "$out/outputs.safetensors"
node $here/compare.mjs $here/outputs.safetensors "$out/outputs.safetensors"

# Samples with guidance of three channels, as the official code guides: latents, which a decoder makes pictures of.
ditc sample $here/tiny.dit#tiny --weights "$out/ema.safetensors" --recipe ten --labels 0..3 --count 4 \
  --arrays "$out/latents.safetensors"
