/** Runs the steps of a lowered graph: every tensor is let go after the step that needs it last, also when one fails. */
import type { Value } from '../../compiler/ir/graph.ts';
import type { RunKernel, Scope, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import type { LoweredGraph, LoweredStep } from '../../compiler/lower/tfjs/lower.ts';

/** Runs one step; its result is a tensor of its own, never one that was given. */
function runStep(
  { operands, run }: LoweredStep,
  kernel: RunKernel,
  constants: readonly Tensor[],
  values: ReadonlyMap<Value, Tensor>,
): Tensor {
  const made: Tensor[] = [];
  let result: Tensor | undefined;
  const runAll: Scope['runAll'] = (name, inputs, attributes) => {
    const results = kernel(name, inputs, attributes);
    const all = Array.isArray(results) ? results : [results];
    made.push(...all);
    return all;
  };
  const scope: Scope = {
    operands: operands.map((value) => values.get(value)),
    constant: (slot) => constants[slot]!,
    runAll,
    run: (name, inputs, attributes) => runAll(name, inputs, attributes)[0]!,
  };
  try {
    const last = run(scope);
    result = made.includes(last) ? last : scope.run('Identity', { x: last });
    return result;
  } finally {
    for (const tensor of made) if (tensor !== result) tensor.dispose();
  }
}

/**
 * The results of a graph, in their order, each a tensor that belongs to the caller; `given` (inputs, state) and the
 * constants stay as they are.
 */
export function runSteps(
  { steps, results, constantAt }: LoweredGraph,
  kernel: RunKernel,
  constants: readonly Tensor[],
  given: ReadonlyMap<Value, Tensor>,
): Tensor[] {
  const values = new Map(given);
  for (const [value, slot] of constantAt) values.set(value, constants[slot]!);
  const own = new Map<Value, Tensor>();
  const found: Tensor[] = [];
  try {
    for (const step of steps) {
      const tensor = runStep(step, kernel, constants, values);
      values.set(step.result, tensor);
      own.set(step.result, tensor);
      for (const value of step.frees) {
        own.get(value)!.dispose();
        own.delete(value);
        values.delete(value);
      }
    }
    for (const { value } of results) {
      const mine = own.get(value);
      own.delete(value);
      found.push(mine ?? (kernel('Identity', { x: values.get(value)! }) as Tensor));
      // a value that is several results is handed out once, the others share its memory
      if (mine !== undefined) values.set(value, mine);
    }
    return found;
  } catch (error) {
    for (const tensor of found) tensor.dispose();
    throw error;
  } finally {
    for (const tensor of own.values()) tensor.dispose();
  }
}
