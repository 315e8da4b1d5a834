/**
 * What `ditc emit` wrote into a folder, noted there in `emitted.json`: of these files the next emission removes those that
 * it does not write again, if nobody has changed them since. Nothing else in the folder is ever removed.
 */
import { lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { digestOfFile } from '../runtime/weights/file-digest.ts';
import { writeWhole } from '../runtime/weights/file-writer.ts';
import { type Result, succeed } from '../runtime/weights/problem.ts';
import { withSystem } from '../runtime/weights/system-problem.ts';

const NOTES = 'emitted.json';
const ABOUT =
  'What ditc emit wrote here, by SHA-256: what it no longer writes it removes, unless it was changed since.';

/** Words and folders below this one, as all names of emitted files are: no way leads out of it. */
const NAME = /^(?:[\w-]+(?:\.[\w-]+)*\/)*[\w-]+(?:\.[\w-]+)*$/;

const notesSchema = z.object({
  about: z.string(),
  parts: z.record(z.string(), z.record(z.string().regex(NAME), z.string())),
});

/** Parts of an emission, each renewed as a whole (`typescript`, `onnx`): SHA-256 by the name of the file. */
export type Parts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Renewed {
  /** files that an emission before wrote and this one did not */
  readonly removed: readonly string[];
  /** the same, but changed since: left as they are */
  readonly changed: readonly string[];
  /** the notes, where they are not of ditc: nothing is removed and nothing noted */
  readonly foreign?: string;
}

function readNotes(file: string): Parts | 'none' | 'foreign' {
  try {
    const notes = notesSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return notes.success ? notes.data.parts : 'foreign';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'foreign';
  }
}

/** Whether a file of the folder is there, and still what was written. */
async function stateOf(folder: string, name: string, sha256: string): Promise<'gone' | 'same' | 'changed'> {
  const file = path.join(folder, name);
  try {
    // no link, and no folder on the way is one
    const isOurs = lstatSync(file).isFile() && realpathSync(file) === path.join(realpathSync(folder), name);
    return isOurs && (await digestOfFile(file)) === sha256 ? 'same' : 'changed';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'changed';
  }
}

/** After an emission: removes what it made stale, and notes what it wrote. */
export async function renew(folder: string, written: Parts): Promise<Result<Renewed>> {
  const notes = path.join(folder, NOTES);
  const before = readNotes(notes);
  const [removed, changed]: [string[], string[]] = [[], []];
  if (before === 'foreign') return succeed({ removed, changed, foreign: notes });
  // one file is written over by the next emission, which leaves nothing stale
  if (before === 'none' && Object.values(written).every((files) => Object.keys(files).length === 1))
    return succeed({ removed, changed });
  const earlier = before === 'none' ? {} : before;
  const parts: Parts = { ...earlier, ...written };
  // some disks take names that differ in case for the same
  const wanted = new Set(Object.values(parts).flatMap((files) => Object.keys(files).map((name) => name.toLowerCase())));
  for (const [name, sha256] of Object.keys(written).flatMap((part) => Object.entries(earlier[part] ?? {}))) {
    if (wanted.has(name.toLowerCase())) continue;
    const file = path.join(folder, name);
    const state = await stateOf(folder, name, sha256);
    if (state === 'changed') changed.push(file);
    if (state !== 'same') continue;
    const done = withSystem(file, () => rmSync(file));
    if (!done.ok) return done;
    removed.push(file);
  }
  const noted = await writeWhole(notes, [
    succeed(Buffer.from(`${JSON.stringify({ about: ABOUT, parts }, null, 2)}\n`)),
  ]);
  return noted.ok ? succeed({ removed, changed }) : noted;
}
