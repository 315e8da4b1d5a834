/**
 * Checkpoints of a run: `checkpoints/00000200.safetensors` holds all state of the program after that step, the file of
 * the same name with `.json` its SHA-256. The second is written once the first is whole, so a checkpoint without it does
 * not exist. The same state always has the same bytes.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { digestOfFile } from '../weights/file-digest.ts';
import { writeWhole } from '../weights/file-writer.ts';
import { type Result, succeed } from '../weights/problem.ts';
import { entriesOf, openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import { withSystem } from '../weights/system-problem.ts';
import type { TensorFile } from '../weights/tensor-file.ts';

const noteSchema = z.object({
  step: z.int().min(0),
  sha256: z.string(),
  bytes: z.number(),
  /** equal for runs that may go on from each other */
  digest: z.string(),
  /** of training so far, over all parts of the run */
  seconds: z.number(),
  /** mean over the steps since the checkpoint before, or since the run went on: the least is the best */
  loss: z.number().optional(),
});

export type CheckpointNote = z.output<typeof noteSchema>;

export interface Checkpoint extends CheckpointNote {
  readonly file: string;
}

const folderOf = (run: string): string => path.join(run, 'checkpoints');
const stem = (step: number): string => String(step).padStart(8, '0');

export async function writeCheckpoint(
  run: string,
  state: Iterable<readonly [string, HostTensor]>,
  about: Pick<CheckpointNote, 'step' | 'digest' | 'seconds' | 'loss'>,
): Promise<Result<Checkpoint>> {
  const { step, digest } = about;
  const made = withSystem(folderOf(run), () => {
    // a run folder that was removed is not made again behind the back of who removed it
    readdirSync(run);
    mkdirSync(folderOf(run), { recursive: true });
  });
  if (!made.ok) return made;
  const file = path.join(folderOf(run), `${stem(step)}.safetensors`);
  const metadata = { 'ditc.step': String(step), 'ditc.digest': digest };
  const written = await writeSafetensors(file, entriesOf(state), Object.entries(metadata));
  if (!written.ok) return written;
  const note: CheckpointNote = { ...about, ...written.value };
  const noted = await writeText(path.join(folderOf(run), `${stem(step)}.json`), `${JSON.stringify(note)}\n`);
  return noted.ok ? succeed({ ...note, file }) : noted;
}

/** A small file, there whole or not at all. */
export const writeText = (file: string, text: string) => writeWhole(file, [succeed(new TextEncoder().encode(text))]);

export const writeJson = (file: string, value: unknown) => writeText(file, `${JSON.stringify(value, null, 2)}\n`);

/** Those that are there, the newest first; whether they are whole is seen when they are opened. */
export function listCheckpoints(run: string): readonly Checkpoint[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(run));
  } catch {
    return [];
  }
  const found = names.filter((name) => /^\d{8,}\.json$/.test(name)).flatMap((name) => readNote(run, name) ?? []);
  return found.sort((a, b) => b.step - a.step);
}

function readNote(run: string, name: string): Checkpoint | undefined {
  try {
    const note = noteSchema.parse(JSON.parse(readFileSync(path.join(folderOf(run), name), 'utf8')));
    return { ...note, file: path.join(folderOf(run), name.replace(/json$/, 'safetensors')) };
  } catch {
    return undefined;
  }
}

/** The newest one whose bytes are those that were written, with what was passed over on the way to it. */
export async function newestCheckpoint(
  run: string,
): Promise<{ readonly checkpoint?: Checkpoint; readonly damaged: readonly Checkpoint[] }> {
  const damaged: Checkpoint[] = [];
  for (const checkpoint of listCheckpoints(run)) {
    if ((await digestOfFile(checkpoint.file)) === checkpoint.sha256) return { checkpoint, damaged };
    damaged.push(checkpoint);
  }
  return { damaged };
}

export const openCheckpoint = ({ file }: Checkpoint): Result<TensorFile> => openSafetensors(file);

/** That with the least loss; of equal ones the first. */
export const bestOf = (checkpoints: readonly Checkpoint[]): Checkpoint | undefined =>
  checkpoints.filter(({ loss }) => loss !== undefined).sort((a, b) => a.loss! - b.loss! || a.step - b.step)[0];

/** Keeps the newest `keep`, and the best. The note goes first. */
export function pruneCheckpoints(run: string, keep: number): void {
  const all = listCheckpoints(run);
  const best = bestOf(all);
  for (const { file, step } of all.slice(keep)) {
    if (step === best?.step) continue;
    for (const each of [file.replace(/safetensors$/, 'json'), file]) rmSync(each, { force: true });
  }
}
