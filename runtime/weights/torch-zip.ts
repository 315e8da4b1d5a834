/**
 * The zip around a PyTorch checkpoint: one folder with `data.pkl`, and one stored (never compressed) entry `data/KEY` for
 * each storage, so that a storage is a range of bytes of the file. What is compressed, encrypted, doubled or overlapping
 * is refused, so an archive never unfolds to more bytes than it has.
 */
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { cutShort } from './byte-source.ts';
import type { FileSource } from './file-source.ts';
import { fail, type Problem, type Result, showName, succeed } from './problem.ts';
import { systemProblem } from './system-problem.ts';

/** A range of bytes of the file. */
export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

/** Two for each tensor of the largest models, with room. */
const MOST_ENTRIES = 50_000;

const AGAIN = 'save it again with torch.save of a recent PyTorch';

/** Entries by their names inside the folder: `data.pkl`, `data/0`. */
export async function readTorchZip(source: FileSource): Promise<Result<ReadonlyMap<string, Range>>> {
  const { file } = source;
  const refuse = (message: string): { ok: false; problem: Problem } =>
    fail({ kind: 'refused', file, message, remedy: AGAIN });
  const ranges = new Map<string, Range>();
  try {
    const zip = await fromFdPromise(source.fd, { autoClose: false });
    if (zip.entryCount > MOST_ENTRIES)
      return refuse(`its archive has ${zip.entryCount} entries; ${MOST_ENTRIES} is the most`);
    for await (const entry of zip.eachEntry()) {
      const reason = misuse(entry);
      if (reason) return refuse(`entry ${showName(entry.fileName)} of its archive ${reason}`);
      if (ranges.has(entry.fileName)) return refuse(`its archive has the entry ${showName(entry.fileName)} twice`);
      const range = await rangeOf(zip, entry);
      if (range.offset + range.bytes > source.bytes) {
        return fail(
          cutShort(
            file,
            `the file ends at byte ${source.bytes}, inside entry ${showName(entry.fileName)} of its archive`,
          ),
        );
      }
      ranges.set(entry.fileName, range);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return fail(systemProblem(file, error));
    return fail(
      cutShort(file, 'it begins like a zip archive and does not end like one: a part of it is missing or damaged'),
    );
  }
  const overlap = firstOverlap(ranges);
  return overlap === undefined
    ? inFolder(file, ranges)
    : refuse(`entry ${showName(overlap)} of its archive overlaps another`);
}

function misuse(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'is encrypted';
  if (entry.compressionMethod !== 0) return 'is compressed';
  return undefined;
}

async function rangeOf(zip: ZipFile, entry: Entry): Promise<Range> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { offset: fileDataStart, bytes: entry.uncompressedSize };
}

function firstOverlap(ranges: ReadonlyMap<string, Range>): string | undefined {
  let end = 0;
  for (const [name, { offset, bytes }] of [...ranges].sort(([, a], [, b]) => a.offset - b.offset)) {
    if (offset < end) return name;
    end = offset + bytes;
  }
  return undefined;
}

function inFolder(file: string, ranges: ReadonlyMap<string, Range>): Result<ReadonlyMap<string, Range>> {
  const pickles = [...ranges.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    const message = 'is a zip archive, but not one that torch.save wrote: it has no data.pkl';
    return fail({ kind: 'unsupported', file, message, remedy: 'name a file that torch.save wrote' });
  }
  const folder = pickles[0]!.slice(0, -'data.pkl'.length);
  const inside = [...ranges].filter(([name]) => name.startsWith(folder));
  return succeed(new Map(inside.map(([name, range]) => [name.slice(folder.length), range])));
}
