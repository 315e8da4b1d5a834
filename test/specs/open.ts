/** Specs of this package, opened for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { type Checked, checkSpec } from '../../compiler/check/check.ts';
import type { Loader } from '../../compiler/elaborate/load.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { instantiate, openSpec, type Spec } from '../../compiler/elaborate/spec.ts';

export const specsFolder = path.join(import.meta.dirname, '..', '..', 'specs');

const opened = new Map<string, Spec>();

/** `dit`, `std/blocks` */
export function specNamed(name: string): Spec {
  let spec = opened.get(name);
  if (spec === undefined) {
    const file = path.join(specsFolder, `${name}.dit`);
    const entry = entryOf(file, readFileSync(file, 'utf8'));
    opened.set(name, (spec = openSpec(entry, diskLoader(entry))));
  }
  return spec;
}

/** A preset or model of a spec; throws with the messages when it cannot be instantiated. */
export function modelOf(spec: string, name?: string, set: Readonly<Record<string, string>> = {}): ModelInstance {
  const overrides = Object.entries(set).map(([at, value]) => ({ path: at, value }));
  const { model, diagnostics } = instantiate(specNamed(spec), name, overrides);
  if (model === undefined) throw new Error(diagnostics.map((each) => `${each.code} ${each.message}`).join('\n'));
  return model;
}

/** Every preset that the specs beside this package's standard library define and that can be built. */
export const presetsToBuild = (): readonly { readonly spec: string; readonly name: string }[] =>
  readdirSync(specsFolder)
    .sort()
    .flatMap((file) => {
      if (!file.endsWith('.dit')) return [];
      const spec = file.slice(0, -'.dit'.length);
      const { entry } = specNamed(spec);
      return [...entry.presets].flatMap(([name, { scope, decl }]) =>
        scope !== entry || decl.expect.some((fact) => fact.name.text === 'error') ? [] : [{ spec, name }],
      );
    });

/** A text as if it stood in `specs/example.dit`: it can import the specs beside it, the standard library, and itself. */
export function specOf(text: string): Spec {
  const entry = { id: path.join(specsFolder, 'example.dit'), source: { path: 'example.dit', text } };
  const beside = diskLoader(entryOf(path.join(specsFolder, 'none.dit'), ''));
  const loader: Loader = {
    load: (request, from) => {
      if (request.kind === 'path' && request.text === './example.dit') return entry;
      return beside.load(request, from === entry.id ? undefined : from);
    },
  };
  return openSpec(entry, loader);
}

export const checkText = (text: string): Checked => checkSpec(specOf(text));
