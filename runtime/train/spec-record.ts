/**
 * The files of a spec as they were when a run began, so that a run folder can be sampled, evaluated and looked into
 * without them: texts by id, and which text each import led to.
 */
import { z } from 'zod';
import type { Loaded, Loader } from '../../compiler/elaborate/load.ts';

export const specRecordSchema = z.object({
  entry: z.string(),
  files: z.record(z.string(), z.object({ path: z.string(), text: z.string() })),
  imports: z.array(z.object({ from: z.string(), text: z.string(), to: z.string() })),
});

export type SpecRecord = z.output<typeof specRecordSchema>;

/** A loader that notes what it loads. */
export function recording(
  entry: Loaded,
  loader: Loader,
): { readonly loader: Loader; readonly record: () => SpecRecord } {
  const files = new Map([[entry.id, entry.source]]);
  const imports = new Map<string, SpecRecord['imports'][number]>();
  return {
    loader: {
      load(request, from = entry.id) {
        const loaded = loader.load(request, from);
        if ('problem' in loaded) return loaded;
        files.set(loaded.id, loaded.source);
        imports.set(`${from} ${request.text}`, { from, text: request.text, to: loaded.id });
        return loaded;
      },
    },
    record: () => ({
      entry: entry.id,
      files: Object.fromEntries([...files].map(([id, { path, text }]) => [id, { path, text }])),
      imports: [...imports.values()],
    }),
  };
}

/** The same files again. */
export function replay({ entry, files, imports }: SpecRecord): { readonly entry: Loaded; readonly loader: Loader } {
  const led = new Map(imports.map(({ from, text, to }) => [`${from} ${text}`, to]));
  const loadedOf = (id: string): Loaded => ({ id, source: files[id]! });
  return {
    entry: loadedOf(entry),
    loader: {
      load({ text }, from = entry) {
        const id = led.get(`${from} ${text}`);
        return id === undefined || files[id] === undefined
          ? { problem: 'the record of the run lacks it' }
          : loadedOf(id);
      },
    },
  };
}
