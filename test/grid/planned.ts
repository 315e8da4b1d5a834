/** Grids of a small model whose costs are done in the head, planned for tests. */
import type { ResolvedRecipe } from '../../compiler/elaborate/recipe.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import { type Grid, resolveGrid } from '../../compiler/grid/grid.ts';
import { type Outcome, type PlanPoint, planGrid, type Rejected } from '../../compiler/grid/plan.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { specOf } from '../specs/open.ts';

/** macs = params = 2 · depth · width² · ratio, by default 2 · 2 · 8² · 4 = 1024 */
export const TOY = `dit 1

use std.nn { Linear }
use "./objectives.dit" { ddpm, simple }
use "./optim.dit" { adamw }

record Size { width: int = 8, ratio: float = 4 }
const small = Size(width: 8)
const large = Size(width: 16)

block Layer(x: [N, W], hidden: int, act: block = gelu) -> [N, W] {
  require hidden <= 4096, "the hidden layer is too wide"
  return Linear(x, hidden, bias: false) as up |> act |> Linear(W, bias: false) as down
}

model Toy(size: Size = small, depth: int = 2, act: block = gelu, sigma: bool = false) {
  input x: image[N, size.width]
  input t: timestep[N]
  for i in 0..depth { x = Layer(x, size.ratio * size.width, act) as blocks[i] }
  output eps = x * t[:, _]
  if sigma { output sigma = x }
}

preset "toy" = Toy()
preset "other" = Toy(depth: 3, act: silu, sigma: true)

recipe quick {
  objective: simple
  schedule: linear(steps: 1000, from: 1e-4, to: 2e-2)
  optimizer: adamw(beta2: 0.99)
  lr: 1e-3
  batch: 10
  steps: 100
  sample: { steps: 50, guidance: { scale: 2.0 } }
}

`;

export interface Planned {
  readonly spec: Spec;
  readonly grid: Grid;
  readonly outcomes: readonly Outcome[];
  readonly points: readonly PlanPoint[];
  readonly rejected: readonly Rejected[];
}

export const checks = { recipe: (recipe: ResolvedRecipe) => checkRecipe(recipe).diagnostics };

export function resolved(text: string): {
  readonly spec: Spec;
  readonly codes: readonly string[];
  readonly grid?: Grid;
} {
  const spec = specOf(text);
  const errors = spec.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((each) => each.message).join('\n'));
  const { grid, diagnostics } = resolveGrid(spec, [...spec.entry.grids.values()][0]!, checks);
  return { spec, codes: diagnostics.map((each) => `${each.code} ${each.message}`), grid };
}

/** The first grid of the text. */
export function planOf(text: string): Planned {
  const { spec, grid, codes } = resolved(text);
  if (grid === undefined) throw new Error(codes.join('\n'));
  const outcomes = [...planGrid(spec, grid)];
  return {
    spec,
    grid,
    outcomes,
    points: outcomes.filter((each) => each.kind === 'point'),
    rejected: outcomes.filter((each) => each.kind === 'rejected'),
  };
}

/** A grid of the toy. */
export const toyGrid = (body: string, of = '"toy" with quick'): string => `${TOY}grid g of ${of} {\n${body}\n}\n`;
export const planToy = (body: string, of?: string): Planned => planOf(toyGrid(body, of));
