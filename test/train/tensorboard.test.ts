/** TensorBoard's files, taken apart by hand after the format's own description. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c, openTensorBoard } from '../../runtime/train/tensorboard.ts';
import type { StepReport } from '../../runtime/train/train.ts';
import { must as mustRead, scratchFolder } from '../data/scratch.ts';
import { testIf } from '../skip.ts';
import { must, trainTiny, writeData } from './small-run.ts';

test('CRC-32C of the vectors of RFC 3720 §B.4', () => {
  const cases: [Uint8Array, number][] = [
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ];
  for (const [bytes, crc] of cases) assert.is(crc32c(bytes), crc);
});

/** The records of a file, their checksums checked. */
function records(file: string): Buffer[] {
  const bytes = readFileSync(file);
  const found: Buffer[] = [];
  const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    assert.is(bytes.readUInt32LE(at + 8), mask(crc32c(bytes.subarray(at, at + 8))));
    const event = bytes.subarray(at + 12, at + 12 + length);
    assert.is(bytes.readUInt32LE(at + 12 + length), mask(crc32c(event)));
    found.push(event);
    at += 16 + length;
  }
  return found;
}

test('a version, scalars and an image', () => {
  const folder = scratchFolder();
  const board = mustRead(openTensorBoard(folder, 1_700_000_000_000));
  mustRead(board.scalars(300, { loss: 0.5 }));
  mustRead(board.image(300, 'samples', Uint8Array.of(1, 2, 3), { width: 5, height: 4 }));
  board.close();
  const [name, ...more] = readdirSync(folder);
  assert.equal(more, []);
  assert.is(name, 'events.out.tfevents.1700000000.ditc');
  const [head, scalars, image] = records(path.join(folder, name!));
  // wall_time = field 1, a double; file_version = field 3, a string
  assert.is(head!.readDoubleLE(1), 1_700_000_000);
  assert.ok(head!.includes(Buffer.from('\x1a\x0dbrain.Event:2')));
  // step = field 2: 300 is ac 02; summary = 5 { value = 1 { tag = 1, simple_value = 2 } }; 0.5 is 00 00 00 3f
  const scalar = '10ac02' + '2a0d' + '0a0b' + '0a046c6f7373' + '150000003f';
  assert.is(scalars!.subarray(9).toString('hex'), scalar);
  // image = 4 { height = 1, width = 2, colorspace = 3, encoded_image_string = 4 }
  const picture = '0804' + '1005' + '1801' + '2203010203';
  const value = '0a0773616d706c6573' + '220b' + picture;
  assert.is(image!.subarray(9).toString('hex'), '10ac02' + '2a18' + '0a16' + value);
});

const python = process.env.DITC_PYTHON ?? 'python3';
const hasReader = spawnSync(python, ['-c', 'import tensorboard'], { stdio: 'ignore' }).status === 0;
const withReader = testIf(hasReader, 'needs a Python with the package tensorboard: set DITC_PYTHON');

/** Loads a folder as TensorBoard itself does, and prints what it found. */
const READ = `
import base64, json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
print(json.dumps({
    "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
    "images": {tag: [[e.step, e.width, e.height, base64.b64encode(e.encoded_image_string).decode()] for e in events.Images(tag)] for tag in tags["images"]},
}))
`;

withReader('TensorBoard reads the scalars and grids of a run', async () => {
  const folder = writeData(scratchFolder());
  const run = path.join(folder, 'run');
  const reported: StepReport[] = [];
  const recipe = { steps: '4', evaluate_every: '2' };
  must(await trainTiny(folder, 'run', { recipe, onStep: (report) => void reported.push(report) }));
  const { status, stdout, stderr } = spawnSync(python, ['-c', READ, run], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const { scalars, images } = JSON.parse(stdout);
  assert.ok(reported.length > 1);
  const single = (value: number): number => Math.fround(value);
  const columns: Record<string, (report: StepReport) => number> = {
    loss: ({ terms }) => terms.loss!,
    lr: ({ lr }) => lr,
    images_per_second: ({ imagesPerSecond }) => imagesPerSecond,
  };
  for (const [tag, of] of Object.entries(columns))
    assert.equal(
      scalars[tag],
      reported.map((report) => [report.step, single(of(report))]),
    );
  for (const [at, [step, width, height, png]] of images.samples.entries()) {
    const file = readFileSync(path.join(run, 'samples', `step-${String(step).padStart(8, '0')}.png`));
    assert.is(step, [2, 4][at]);
    assert.is(png, file.toString('base64'));
    // width and height of a PNG are the first numbers of its first chunk
    assert.equal([width, height], [file.readUInt32BE(16), file.readUInt32BE(20)]);
  }
  assert.is(images.samples.length, 2);
});

test.run();
