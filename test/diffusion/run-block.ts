/** Blocks of the specs, run in float64 on the oracle: what is tested is the text that engines run. */
import { fileURLToPath } from 'node:url';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { readFileSource } from '../../cli/read-source.ts';
import { isScheduleName, SCHEDULE_NAMES } from '../../compiler/contract/schedule-names.ts';
import { applyBlock, type BlockNames, namesOf } from '../../compiler/elaborate/apply-block.ts';

import { type Num, parseNum } from '../../compiler/elaborate/number.ts';
import { openSpec, type Spec } from '../../compiler/elaborate/spec.ts';
import { type BlockTerm, number, type Term, truth } from '../../compiler/elaborate/term.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';

const specs = new Map<string, Spec>();

function specNamed(name: string): Spec {
  let spec = specs.get(name);
  if (spec === undefined) {
    const file = fileURLToPath(new URL(`../../specs/${name}`, import.meta.url));
    const source = readFileSource(file);
    if (!('text' in source)) throw new Error(source.problem.message);
    const entry = entryOf(file, source.text);
    specs.set(name, (spec = openSpec(entry, diskLoader(entry))));
  }
  const mistake = spec.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake !== undefined) throw new Error(mistake.message);
  return spec;
}

/** A tensor in float64. */
export const tensor = (shape: readonly number[], data: ArrayLike<number>): HostTensor => ({
  dtype: 'f32',
  shape,
  data: Float64Array.from(data),
});

export interface Runner {
  readonly names: BlockNames;
  /** the results by name */
  (feeds: Readonly<Record<string, HostTensor>>): Record<string, Float64Array>;
}

/** The block of that name, some of its parameters given. */
export function blockRunner(
  name: string,
  settings: Readonly<Record<string, boolean | number>> = {},
  file = 'objectives.dit',
): Runner {
  const spec = specNamed(file);
  const block = spec.entry.names.get(name);
  if (block?.kind !== 'block') throw new Error(`no block ${name}`);
  const filled = new Map<string, Term>(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === 'boolean' ? truth(value) : number(parseNum(String(value)) as Num),
    ]),
  );
  const term: BlockTerm = { kind: 'block', block, filled };
  const run = (feeds: Readonly<Record<string, HostTensor>>): Record<string, Float64Array> => {
    const build = createBuilder();
    const batch = Object.values(feeds)[0]!.shape[0] ?? 1;
    const available = new Map(
      Object.entries(feeds).map(([key, { dtype, shape }]) => [
        key,
        build.input(key, { dtype, shape: shape.length === 0 ? [] : [{ batch: 1 }, ...shape.slice(1)] }),
      ]),
    );
    const applied = applyBlock(term, build, available, spec.instances);
    if (applied.diagnostics.length > 0) throw new Error(applied.diagnostics[0]!.message);
    const results = applied.results.flatMap(({ name, value }, i) =>
      value === undefined ? [] : [{ name: name ?? String(i), value }],
    );
    const outputs = evaluate(build.finish(results, { name }), { inputs: feeds, batch });
    return Object.fromEntries(Object.entries(outputs).map(([key, { data }]) => [key, data as Float64Array]));
  };
  return Object.assign(run, { names: namesOf(term) });
}

/** A number of the schedule, the same for every sample. */
export function perSample(name: string, value: number, batch: number): HostTensor {
  const dtype = isScheduleName(name) ? SCHEDULE_NAMES[name].dtype : 'f32';
  const data = Array.from({ length: batch }, () => value);
  return dtype === 'bool' ? { dtype, shape: [batch], data: Uint8Array.from(data) } : tensor([batch], data);
}
