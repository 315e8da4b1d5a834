/**
 * Kernels that are written down instead of run: whoever runs the steps of a program lowered for tfjs on these gets one
 * TensorFlow graph that does all of them in one call. So there is one lowering for both, and one call a step.
 */
import type { HostTensor } from '../../ir/tensor.ts';
import type { BoundType } from '../../ops/op.ts';
import type { RunKernel, Tensor } from '../tfjs/kernels.ts';
import { type GraphNode, type NodeAttribute, TYPE_CODES } from './graph.ts';
import { KERNELS } from './kernels.ts';

/** A tensor that is only spoken of: the result of a node. */
export interface Recorded extends Tensor, BoundType {
  readonly name: string;
}

export interface Recorder {
  readonly nodes: readonly GraphNode[];
  /** what is fed under the name of the tensor */
  placeholder(type: BoundType): Recorded;
  constant(tensor: HostTensor): Recorded;
  readonly kernel: RunKernel;
  /** adds a node with a result, or with several */
  node(
    op: string,
    inputs: readonly Recorded[],
    attributes: Readonly<Record<string, NodeAttribute>>,
    ...results: readonly BoundType[]
  ): readonly Recorded[];
  /** an int32 list */
  ints(values: readonly number[], shape?: readonly number[]): Recorded;
}

export function createRecorder(): Recorder {
  const nodes: GraphNode[] = [];
  const lists = new Map<string, Recorded>();

  const node: Recorder['node'] = (op, inputs, attributes, ...results) => {
    const name = `n${nodes.length}`;
    nodes.push({ name, op, inputs: inputs.map((input) => input.name), attributes });
    return results.map(({ dtype, shape }, at) => ({
      name: at === 0 ? name : `${name}:${at}`,
      dtype,
      shape,
      dispose: () => undefined,
    }));
  };
  const constant: Recorder['constant'] = (tensor) => {
    const { dtype, shape } = tensor;
    return node('Const', [], { dtype: { type: TYPE_CODES[dtype] }, value: { tensor } }, { dtype, shape })[0]!;
  };
  const recorder: Recorder = {
    nodes,
    node,
    constant,
    placeholder: (type) =>
      node('Placeholder', [], { dtype: { type: TYPE_CODES[type.dtype] }, shape: { dims: type.shape } }, type)[0]!,
    ints(values, shape = [values.length]) {
      const key = `${values} ${shape}`;
      let list = lists.get(key);
      if (list === undefined) {
        lists.set(key, (list = constant({ dtype: 'int', shape, data: Int32Array.from(values) })));
      }
      return list;
    },
    kernel(name, inputs, attributes = {}) {
      const record = KERNELS[name];
      if (record === undefined) throw new Error(`the kernel ${name} is not known to TensorFlow's graphs`);
      const results = record(recorder, inputs as never, attributes as never);
      return results.length === 1 ? results[0]! : [...results];
    },
  };
  return recorder;
}
