/** Models for tests of cost: presets of this package's specs, and specs written in the test. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { instantiate, type Override, openSpec, type Spec } from '../../compiler/elaborate/spec.ts';

const specs = fileURLToPath(new URL('../../specs/', import.meta.url));

export const specFiles: readonly string[] = readdirSync(specs).filter((name) => name.endsWith('.dit'));

const opened = new Map<string, Spec>();

export function specFile(name: string): Spec {
  let spec = opened.get(name);
  if (spec === undefined) {
    const file = path.join(specs, name);
    const entry = entryOf(file, readFileSync(file, 'utf8'));
    opened.set(name, (spec = openSpec(entry, diskLoader(entry))));
  }
  return spec;
}

export const presetsOf = (spec: Spec): readonly string[] =>
  [...spec.entry.presets.values()].filter(({ scope }) => scope === spec.entry).map(({ decl }) => decl.name.text);

export function modelOf(spec: Spec, name?: string, overrides: readonly Override[] = []): ModelInstance {
  const { model, diagnostics } = instantiate(spec, name, overrides);
  if (model === undefined)
    throw new Error(JSON.stringify([...spec.diagnostics, ...diagnostics].map((each) => each.message)));
  return model;
}

/** A spec as text; it may import `std` modules. */
export function specOf(text: string): Spec {
  const entry = entryOf(path.join(specs, 'test.dit'), `dit 1\n${text}`);
  return openSpec(entry, diskLoader(entry));
}
