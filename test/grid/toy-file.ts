/** A spec in a folder of its own, for the command. */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ditc } from '../cli/ditc.ts';

/** macs = params = 2 · depth · width · hidden, by default 2 · 2 · 8 · 8 = 256 */
export const SPEC = `dit 1

use std.nn { Linear }
use "./specs/objectives.dit" { simple, ancestral }
use "./specs/optim.dit" { adamw }

block Layer(x: [N, W], hidden: int) -> [N, W] {
  require hidden < 64, "the hidden layer is too wide"
  return Linear(x, hidden, bias: false) as up |> Linear(W, bias: false) as down
}

model Toy(hidden: int = 8, depth: int = 2, act: block = silu) {
  input x: image[N, 8]
  for i in 0..depth { x = Layer(x, hidden) |> act as blocks[i] }
  output eps = x
}

recipe quick {
  objective: simple
  schedule: linear(steps: 1000, from: 1e-4, to: 2e-2)
  optimizer: adamw
  lr: 1e-3
  batch: 10
  steps: 100
  sample: { step: ancestral, steps: 50, guidance: { scale: 2.0 } }
}

grid sizes of Toy with quick {
  hidden: [4, 8, 100, 8]
  depth: [1, 2]
}

grid matched of Toy {
  depth: [1, 2, 3]
  match macs +- 10% by hidden step 1
}

const wide = 8
grid named of Toy { hidden: [wide, 2] }

grid rates of Toy with quick { recipe.lr: [1e-3, 2e-3] }

grid nothing of Toy { hidden: [100, 200] }

grid costly of Toy {
  hidden: 1..21
  depth: [1, 2]
  where macs < 200
  where hidden != 3
}

grid huge of Toy { hidden: 0..90000, depth: 0..90000 }
`.replace('Layer(x, hidden) |> act as blocks[i]', 'act(Layer(x, hidden) as blocks[i])');

/** Where `toy.dit` is, `specs` beside it. */
export function toyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-grid-'));
  symlinkSync(fileURLToPath(new URL('../../specs', import.meta.url)), path.join(folder, 'specs'));
  writeFileSync(path.join(folder, 'toy.dit'), SPEC);
  return folder;
}

/** `ditc grid plan` there. */
export const planIn = (folder: string) => ({
  run: (...words: string[]) => ditc(['grid', 'plan', ...words], { cwd: folder }),
  json: (...words: string[]) => JSON.parse(ditc(['grid', 'plan', ...words, '--json'], { cwd: folder }).out),
});
