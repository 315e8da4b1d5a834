/**
 * A model whose batch is free, from the same model at two batches: where the two differ is where N stands. Lists of ints
 * that differ become -1 where one dim of a Reshape is open, else are put together at run time from the N of an input.
 */
import type { Name } from './emitter.ts';
import { isExternal, type OnnxModel, type OnnxNode, type OnnxTensor, type OnnxValue } from './model.ts';

/** Both above 1, so that nothing is left out as an axis of size 1. */
export const PROBES = [2, 3] as const;

/** What has no form with a free batch; the message says what. */
export type FreeBatch = { readonly model: OnnxModel } | { readonly problem: string };

/** `slope` N + `base` */
interface Size {
  readonly slope: number;
  readonly base: number;
}

const sizeOf = (at2: number, at3: number): Size => ({ slope: at3 - at2, base: 3 * at2 - 2 * at3 });

const BATCH = 'N';

/** An input has no base: its dims are numbers and multiples of N. */
const freeDim = ({ slope, base }: Size): number | string =>
  slope === 0 ? base : slope === 1 ? BATCH : `${slope}${BATCH}`;

const freeValue = (one: OnnxValue, two: OnnxValue): OnnxValue => ({
  ...one,
  dims: one.dims.map((dim, axis) => freeDim(sizeOf(dim as number, two.dims[axis] as number))),
});

function intsOf(tensor: OnnxTensor): readonly number[] {
  if (isExternal(tensor.data)) return [];
  const { buffer, byteOffset, byteLength } = tensor.data;
  return Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
}

const intsTensor = (name: Name, values: readonly number[]): OnnxTensor => ({
  name,
  type: 'int64',
  dims: [values.length],
  data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

/** Makes N, and lists of sizes with N in them, as nodes. */
function createSizes(inputs: readonly (readonly [OnnxValue, OnnxValue])[]) {
  const nodes: OnnxNode[] = [];
  const initialisers: OnnxTensor[] = [];
  const known = new Map<string, Name>();

  const once = (key: string, make: (name: Name) => void): Name => {
    let name = known.get(key);
    if (name === undefined) {
      known.set(key, (name = `/free/${known.size}`));
      make(name);
    }
    return name;
  };
  const ints = (values: readonly number[]): Name =>
    once(`ints ${values.join()}`, (name) => initialisers.push(intsTensor(name, values)));
  const node = (op: string, names: readonly Name[], attributes: OnnxNode['attributes'] = {}): Name =>
    once(`${op} ${names.join()} ${JSON.stringify(attributes)}`, (name) =>
      nodes.push({ op, inputs: names, outputs: [name], attributes }),
    );

  const batch = (): Name | undefined => {
    for (const [one, two] of inputs) {
      for (const axis of one.dims.keys()) {
        const { slope } = sizeOf(one.dims[axis] as number, two.dims[axis] as number);
        if (slope === 0) continue;
        const dim = node('Shape', [one.name], { start: axis, end: axis + 1 });
        return slope === 1 ? dim : node('Div', [dim, ints([slope])]);
      }
    }
    return undefined;
  };
  const list = (sizes: readonly Size[]): Name | undefined => {
    const n = batch();
    if (n === undefined) return undefined;
    const parts = sizes.map(({ slope, base }) => {
      if (slope === 0) return ints([base]);
      const multiple = slope === 1 ? n : node('Mul', [n, ints([slope])]);
      return base === 0 ? multiple : node('Add', [multiple, ints([base])]);
    });
    return parts.length === 1 ? parts[0]! : node('Concat', parts, { axis: 0 });
  };
  return { ints, list, nodes, initialisers };
}

export function freeBatch(one: OnnxModel, two: OnnxModel): FreeBatch {
  const inputs = one.inputs.map((input, at) => [input, two.inputs[at]!] as const);
  const sizes = createSizes(inputs);
  const [constants, others] = [one, two].map((model) => new Map(model.initialisers.map((each) => [each.name, each])));
  let problem = one.nodes.length === two.nodes.length ? undefined : 'its graph depends on the batch';

  const free = (node: OnnxNode, at: number, name: Name, other: Name): Name => {
    const [here, there] = [constants!.get(name), others!.get(other)];
    if (here === undefined || here.type !== 'int64') {
      if (here?.dims.join() !== there?.dims.join()) problem ??= `a constant of ${node.op} grows with the batch`;
      return name;
    }
    const list = intsOf(here).map((value, i) => sizeOf(value, there === undefined ? value : intsOf(there)[i]!));
    const open = list.filter(({ slope }) => slope !== 0);
    if (open.length === 0) return name;
    if (node.op === 'Reshape' && at === 1 && open.length === 1) {
      return sizes.ints(list.map(({ slope, base }) => (slope === 0 ? base : -1)));
    }
    const made = sizes.list(list);
    if (made === undefined) problem ??= 'no input has a batch';
    return made ?? name;
  };
  const nodes = one.nodes.map((node, i): OnnxNode => {
    const other = two.nodes[i];
    const alike =
      other?.op === node.op &&
      other.inputs.length === node.inputs.length &&
      JSON.stringify(other.attributes) === JSON.stringify(node.attributes);
    if (!alike) problem ??= 'its graph depends on the batch';
    return { ...node, inputs: node.inputs.map((name, at) => free(node, at, name, other?.inputs[at] ?? name)) };
  });
  if (problem !== undefined) return { problem };

  const used = new Set(nodes.flatMap((node) => node.inputs));
  const kept = one.initialisers.filter((each) => each.type !== 'int64' || used.has(each.name));
  return {
    model: {
      ...one,
      nodes: [...sizes.nodes, ...nodes],
      inputs: inputs.map(([a, b]) => freeValue(a, b)),
      outputs: one.outputs.map((output, at) => freeValue(output, two.outputs[at]!)),
      initialisers: [...kept, ...sizes.initialisers],
    },
  };
}
