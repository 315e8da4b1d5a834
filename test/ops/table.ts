/** Tables of cases: one a line, columns apart by ` | `, types as in a spec, `-` for nothing, `#` before remarks. */
import { readFileSync } from 'node:fs';
import type { Attributes } from '../../compiler/ir/graph.ts';
import type { Dim, Dtype, TensorType } from '../../compiler/ir/type.ts';
import { isOpName, type OpName } from '../../compiler/ops/registry.ts';

export interface Row {
  readonly op: OpName;
  readonly operands: readonly TensorType[];
  readonly attributes: Attributes;
  /** the columns after the attributes */
  readonly expected: readonly string[];
  /** the first three columns as they stand */
  readonly title: string;
}

function dimOf(text: string): Dim {
  const [, factor, batch] = /^(\d*)(N?)$/.exec(text)!;
  return batch ? { batch: Number(factor || 1) } : Number(factor);
}

const typesOf = (text: string): TensorType[] =>
  [...text.matchAll(/(int|bool)?\[([^\]]*)\]/g)].map(([, dtype = 'f32', dims]) => ({
    dtype: dtype as Dtype,
    shape: dims === '' ? [] : dims!.split(', ').map(dimOf),
  }));

export function readTable(name: string): readonly Row[] {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [op, operands, attributes, ...expected] = line.split(' | ');
      if (!isOpName(op!)) throw new Error(`${name}: no op in ${line}`);
      return {
        op,
        operands: typesOf(operands!),
        attributes: attributes === '-' ? {} : JSON.parse(attributes!),
        expected,
        title: line.split(' | ', 3).join(' ').replaceAll(' -', ''),
      };
    });
}
