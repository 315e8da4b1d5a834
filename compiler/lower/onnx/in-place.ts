/**
 * Which state may be written where it lies. A new value can go into the buffer of the old one if whoever reads the old
 * value has surely run: nodes run one after the other in an order that only dependencies fix, and fusion may read later
 * through a view. So: every reader is plain arithmetic on elements, and the node that makes the new value depends on it
 * or is it. Moments and averages pass; a weight does not, since the product that carries the gradient on still reads it.
 */
import type { Name } from './emitter.ts';
import type { OnnxModel, OnnxNode } from './model.ts';

/** Element i of the result needs element i of the operands alone, and no kernel keeps them as a view. */
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Neg', 'Min', 'Max', 'Where']);

/** `pairs` are the ONNX names of states: what is read, and the result that is its next value. */
export function inPlace(model: OnnxModel, pairs: Iterable<readonly [read: Name, written: Name]>): Set<Name> {
  const makers = new Map<Name, OnnxNode>();
  const readers = new Map<Name, OnnxNode[]>();
  const dims = new Map<Name, string>(
    [...model.inputs, ...model.outputs].map((value) => [value.name, value.dims.join()]),
  );
  for (const node of model.nodes) {
    for (const name of node.outputs) makers.set(name, node);
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  }

  /** Whether all of `wanted` are the node or among those that it depends on; the nearest are looked at first. */
  const reaches = (from: OnnxNode, wanted: ReadonlySet<OnnxNode>): boolean => {
    const seen = new Set([from]);
    let left = wanted.size;
    for (const node of seen) {
      if (wanted.has(node)) left--;
      if (left <= 0) return true;
      for (const name of node.inputs) {
        const maker = makers.get(name);
        if (maker !== undefined) seen.add(maker);
      }
    }
    return false;
  };

  const safe = new Set<Name>();
  for (const [read, written] of pairs) {
    const maker = makers.get(written);
    const reading = readers.get(read) ?? [];
    if (maker === undefined || dims.get(read) !== dims.get(written)) continue;
    if (![maker, ...reading].every((node) => node.domain === undefined && ARITHMETIC.has(node.op))) continue;
    if (reaches(maker, new Set(reading))) safe.add(read);
  }
  return safe;
}
