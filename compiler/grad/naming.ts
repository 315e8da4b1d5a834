/** Names in graphs that differentiation makes. */
import type { Builder } from '../ir/builder.ts';
import type { Graph, Value } from '../ir/graph.ts';

/** `Mlp` to `Mlp_backward`: the same settings, and the same place */
export const namedAfter = ({ name, settings, place }: Graph, part: string) => ({
  name: `${name}_${part}`,
  settings,
  place,
});

/** Inputs of a graph have names of their own; a second one of the same name gets a number. */
export function createInputs(build: Builder): (name: string, type: Parameters<Builder['input']>[1]) => Value {
  const taken = new Set<string>();
  return (name, type) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return build.input(free, type);
  };
}
