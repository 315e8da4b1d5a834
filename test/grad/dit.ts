/** Small DiTs from the spec, in the sizes of the reference numbers. */
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { verify } from '../../compiler/ir/verify.ts';

/** The graph for training of a preset or model of a text that could stand in `specs/`. */
export function trainingGraph(text: string, name: string): Graph {
  const entry = entryOf('specs/test.dit', text);
  const spec = openSpec(entry, diskLoader(entry));
  const { model, diagnostics } = instantiate(spec, name);
  const said = [...spec.diagnostics, ...diagnostics].filter(({ severity }) => severity === 'error');
  assert.equal(
    said.map(({ message }) => message),
    [],
  );
  assert.equal(verify(model!.training), []);
  return model!.training;
}

export const smallDiT = (width: number, conditioning: string): string => `dit 1
use "./dit.dit" { DiT, Size, in_context, cross_attention, adaln, adaln_zero }
preset "small" = DiT(size: Size(depth: 2, width: ${width}, heads: 4), side: 8, classes: 10, conditioning: ${conditioning})
`;

/** What a step of training differentiates: noising, backbone, loss on eps and variance, mean over the batch. */
export const TRAINING = `dit 1
use "./dit.dit" { Backbone, Size }
use "./objectives.dit" { diffuse, hybrid }
model Training(size: Size = Size(depth: 2, width: 64, heads: 4), side: int = 8) {
  input x0: [N, side, side, 4]
  input noise: [N, side, side, 4]
  input t: [N]
  input y: int[N]
  input a: [N]
  input b: [N]
  input p0: [N]
  input pt: [N]
  input log_min: [N]
  input log_max: [N]
  input first: bool[N]
  xt = diffuse(x0, noise, a, b)
  eps, sigma = Backbone(xt, t, y, size, 2, 8, 10) as _ |> split(2)
  loss, mse, vb = hybrid(eps, sigma, x0, xt, noise, first, a, b, p0, pt, log_min, log_max)
  output loss_mean = reduce(loss, "n ->", "mean")
  output loss, mse, vb = [loss, mse, vb]
}
`;
