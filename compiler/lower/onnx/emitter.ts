/**
 * Collects the nodes and small constants of an ONNX model while a graph is lowered. Names are made here and never
 * repeat; equal index lists and equal scalars are one initialiser.
 */
import type { HostTensor } from '../../ir/tensor.ts';
import { type AttributeValue, type ElementType, type OnnxNode, type OnnxTensor, tensorBytes } from './model.ts';

/** The name of an ONNX value. */
export type Name = string;

export interface Emitter {
  /** a name that nothing else has: `wish` itself where it is free */
  unique(wish: string): Name;
  /** adds a node, returns its first output */
  node(
    op: string,
    inputs: readonly Name[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    domain?: string,
  ): Name;
  /** adds a node with several outputs, or with outputs named beforehand */
  nodeTo(
    op: string,
    inputs: readonly Name[],
    outputs: readonly Name[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    domain?: string,
  ): void;
  /** an int64 list, as shapes, axes and bounds want it */
  ints(values: readonly number[]): Name;
  /** a number of shape [] */
  scalar(value: number, type?: ElementType): Name;
  /** an f32 tensor filled with a number */
  filled(value: number, dims: readonly number[]): Name;
  /** any other constant */
  constant(tensor: HostTensor, wish: string, type: ElementType): Name;
  /** makes a value known under another name: renames what a node makes, copies what is given or published already */
  publish(name: Name, output: Name): void;
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: readonly OnnxTensor[];
}

export function createEmitter(): Emitter {
  const taken = new Set<Name>(['']);
  const counts = new Map<string, number>();
  const nodes: OnnxNode[] = [];
  const initialisers: OnnxTensor[] = [];
  const shared = new Map<string, Name>();
  const made = new Set<Name>();
  const published = new Map<Name, Name>();

  const unique = (wish: string): Name => {
    let name = wish;
    for (let count = counts.get(wish) ?? 0; taken.has(name); ) {
      name = `${wish}_${++count}`;
      counts.set(wish, count);
    }
    taken.add(name);
    return name;
  };

  const share = (key: string, make: () => OnnxTensor): Name => {
    const found = shared.get(key);
    if (found !== undefined) return found;
    const tensor = make();
    initialisers.push(tensor);
    shared.set(key, tensor.name);
    return tensor.name;
  };

  const bytesOf = (values: ArrayBufferView): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

  const STORED: Readonly<Record<ElementType, (value: number) => ArrayBufferView>> = {
    float: (value) => Float32Array.of(value),
    int32: (value) => Int32Array.of(value),
    int64: (value) => BigInt64Array.of(BigInt(value)),
    bool: (value) => Uint8Array.of(value),
  };

  const nodeTo: Emitter['nodeTo'] = (op, inputs, outputs, attributes = {}, domain) => {
    nodes.push({ op, inputs, outputs, attributes, domain });
    for (const output of outputs) made.add(output);
  };

  return {
    unique,
    nodeTo,
    node(op, inputs, attributes, domain) {
      const output = unique(`${op}.out`);
      nodeTo(op, inputs, [output], attributes, domain);
      return output;
    },
    ints: (values) =>
      share(`ints ${values.join()}`, () => ({
        name: unique(`ints.${values.join('x').replaceAll('-', 'm')}`),
        type: 'int64',
        dims: [values.length],
        data: bytesOf(BigInt64Array.from(values, BigInt)),
      })),
    scalar: (value, type = 'float') =>
      share(`${type} ${Object.is(value, -0) ? '-0' : value}`, () => ({
        name: unique(`scalar.${type}`),
        type,
        dims: [],
        data: bytesOf(STORED[type](value)),
      })),
    filled: (value, dims) =>
      share(`filled ${value} ${dims.join()}`, () => ({
        name: unique('filled'),
        type: 'float',
        dims,
        data: bytesOf(new Float32Array(dims.reduce((all, dim) => all * dim, 1)).fill(value)),
      })),
    constant(tensor, wish, type) {
      const name = unique(wish);
      initialisers.push({ name, type, dims: tensor.shape, data: tensorBytes(tensor) });
      return name;
    },
    publish(name, output) {
      if (made.has(name) && !published.has(name)) published.set(name, output);
      else nodeTo('Identity', [name], [output]);
    },
    get nodes() {
      const rename = (name: Name): Name => published.get(name) ?? name;
      return nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
    },
    initialisers,
  };
}
