/** What is saved of a layer: enough to make it again where its block was compiled. */
import type { Graph } from '../../compiler/ir/graph.ts';
import { type BlockProgram, blockProgram, knownProgram } from './block-program.ts';
import type { OperandFacts } from './operand.ts';

/** Strings are values of `name`: tfjs changes the letters of all others when it saves. */
export interface BlockConfig {
  readonly name: string;
  readonly trainable?: boolean;
  /** the digest of the graph */
  readonly block: string;
  readonly prefix: { readonly name: string };
  /** compile-time parameters, for people */
  readonly settings: { readonly name: string };
  readonly operands: readonly OperandFacts[];
  readonly seed: number;
  /** whether it runs again on the way back instead of keeping what that needs */
  readonly recompute?: boolean;
  /** paths of layers inside that are not trainable */
  readonly frozen?: readonly { readonly name: string }[];
}

/** The program of the block, or why there is none. */
export function programOf({ block, name, settings }: BlockConfig, what: string): BlockProgram {
  const program = knownProgram(block);
  if (program !== undefined) return program;
  const shown = settings?.name ? ` {${settings.name}}` : '';
  throw new Error(
    `layer \`${name}\` is a block ${what}${shown} that this process has not compiled; ` +
      'call `registerLayersOf` with the spec and the options of the model that was saved, before loading it',
  );
}

/** Of the layer of a call inside, which has the name of its path. */
export const configInside = (path: string, graph: Graph, { seed, recompute }: BlockConfig): BlockConfig => ({
  name: path,
  block: blockProgram(graph).digest,
  prefix: { name: path },
  settings: { name: graph.settings },
  operands: graph.inputs.map(({ name }) => ({ name })),
  seed,
  recompute,
});

interface Nest {
  readonly layers: readonly (Nest & { readonly path: string; readonly trainable: boolean })[];
}

/** Paths, the outer first: what is frozen in this order is frozen as it was. */
export function* frozenInside({ layers }: Nest): Generator<string> {
  for (const layer of layers) {
    if (!layer.trainable) yield layer.path;
    yield* frozenInside(layer);
  }
}
