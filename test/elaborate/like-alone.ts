/** What a point is in a spec that has seen others, and in a spec of its own. */
import { activationBytes } from '../../compiler/cost/memory.ts';
import { runWork } from '../../compiler/cost/run-work.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { instantiate, type Spec } from '../../compiler/elaborate/spec.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { countParams, weightsOf } from '../../compiler/ir/weights.ts';

export type Setting = ReadonlyMap<string, string>;

const WHICH = ['inference', 'training'] as const;

/** All that can be seen of a model; what is counted of it folded and unrolled must agree, or it is a problem. */
export function seen(model: ModelInstance) {
  const { settings, folded } = model;
  const graphs = WHICH.map((which) => {
    const [graph, flat] = [folded[which], model[which]];
    const facts = (of: typeof graph) => ({
      digest: digestOf(of),
      params: countParams(of),
      work: runWork(of),
      bytes: activationBytes(of, 3),
      weights: weightsOf(of).map(({ path, weight, shared }) => [path, weight.type, weight.init.kind, shared]),
    });
    const [counted, again] = [facts(graph), facts(flat)];
    return {
      text: printGraph(flat),
      problems: verify(flat),
      ...counted,
      differs: JSON.stringify(counted) === JSON.stringify(again) ? [] : [counted, again],
    };
  });
  return { settings: [...settings.keys()], graphs };
}

/** The same, or the first message of what is wrong. */
export function pointOf(spec: Spec, name: string, set: Setting) {
  const { model, diagnostics } = instantiate(
    spec,
    name,
    [...set].map(([path, value]) => ({ path, value })),
  );
  if (model !== undefined) return seen(model);
  const [first] = diagnostics;
  return { wrong: `${first!.code} ${first!.message}` };
}
