/** Numbers, types and attributes as digests read them: equal texts for equal ones, and for no others. */
import type { Attribute, Attributes } from './graph.ts';
import { type Dim, isBatch, type TensorType } from './type.ts';

function showDims(shape: readonly Dim[]): string {
  let text = '';
  for (let axis = 0; axis < shape.length; axis++) {
    const dim = shape[axis]!;
    text += `${axis > 0 ? ',' : ''}${isBatch(dim) ? `${dim.batch}N` : dim}`;
  }
  return text;
}

export const showTensor = (type: TensorType): string => `${type.dtype}[${showDims(type.shape)}]`;

/** Without loss, -0 apart from 0. */
export const showFloat = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function showAttribute(value: Attribute): string {
  if (typeof value === 'number') return showFloat(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(showFloat).join()}]`;
  const record = value as Readonly<Record<string, Dim>>;
  return `{${Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${showDims([record[key]!])}`)
    .join()}}`;
}

/** Whatever the order of their keys. */
export function attributesText(attributes: Attributes): string {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return '';
  if (keys.length === 1) return `${keys[0]}:${showAttribute(attributes[keys[0]!]!)}`;
  keys.sort();
  return keys.map((key) => `${key}:${showAttribute(attributes[key]!)}`).join(';');
}
