/** A model of `specs/`, for tests that want a real one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Loaded, Loader } from '../../compiler/elaborate/load.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { instantiate, type Override, openSpec, type Spec } from '../../compiler/elaborate/spec.ts';

export const SPECS = fileURLToPath(new URL('../../specs/', import.meta.url));

const load = (file: string): Loaded => ({
  id: file,
  source: { path: path.relative(path.dirname(SPECS), file), text: readFileSync(file, 'utf8') },
});

const loader: Loader = {
  load: ({ kind, text }, from = SPECS) =>
    load(
      kind === 'module' ? path.join(SPECS, `${text.replaceAll('.', '/')}.dit`) : path.join(path.dirname(from), text),
    ),
};

export const openShipped = (file: string): Spec => openSpec(load(path.join(SPECS, file)), loader);

export function shippedModel(file: string, name: string, overrides: readonly Override[] = []): ModelInstance {
  const { model, diagnostics } = instantiate(openShipped(file), name, overrides);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return model;
}
