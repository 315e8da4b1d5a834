/**
 * The oracle as an engine: programs in 64 bit and plain loops. State stays in 64 bit from step to step; what leaves the
 * engine is rounded to f32, and nothing before.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate, roundTensor } from '../../compiler/lower/reference/evaluate.ts';
import type { Engine } from './engine.ts';

export const reference: Engine = {
  name: 'reference',

  status: async () => ({ name: 'reference', available: true, device: 'cpu (1 thread, 64 bit)' }),

  async load(program, state, { batch }) {
    const held = new Map<string, HostTensor>();
    for (const { name } of program.state) {
      const tensor = state.get(name);
      if (tensor === undefined) throw new Error(`\`${program.name}\` starts without its state \`${name}\``);
      held.set(name, tensor);
    }
    const known = (name: string): HostTensor => {
      const tensor = held.get(name);
      if (tensor === undefined) throw new Error(`\`${program.name}\` has no state \`${name}\``);
      return tensor;
    };

    return {
      async run(feeds) {
        const results = evaluate(program.graph, { inputs: feeds, weights: held, batch });
        for (const { name, update } of program.state) {
          if (update === undefined) continue;
          held.set(name, results[update]!);
        }
        const updates = new Set(program.state.map(({ update }) => update));
        const outputs = Object.entries(results).filter(([name]) => !updates.has(name));
        return Object.fromEntries(outputs.map(([name, tensor]) => [name, owned(tensor)]));
      },
      read: async (name) => owned(known(name)),
      async write(name, value) {
        const before = known(name);
        if (before.dtype !== value.dtype || String(before.shape) !== String(value.shape)) {
          const show = (tensor: HostTensor): string => `${tensor.dtype}[${tensor.shape.join(', ')}]`;
          throw new Error(`state \`${name}\` is ${show(before)} and cannot become ${show(value)}`);
        }
        held.set(name, { ...value, data: value.data.slice() });
      },
      async dispose() {
        held.clear();
      },
    };
  },
};

/** An array of the caller's own. */
const owned = (tensor: HostTensor): HostTensor => {
  const rounded = roundTensor(tensor);
  return rounded === tensor ? { ...tensor, data: tensor.data.slice() } : rounded;
};
