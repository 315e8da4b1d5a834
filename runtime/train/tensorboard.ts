/**
 * TensorBoard's event files: records of a length, its checksum, an `Event` of tensorflow/core/util/event.proto, and its
 * checksum; checksums are CRC-32C, rotated and offset as the format asks. Only scalars and images are written.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import type { Result } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';

export interface TensorBoard {
  scalars(step: number, values: Readonly<Record<string, number>>): Result<void>;
  /** a PNG */
  image(
    step: number,
    tag: string,
    png: Uint8Array,
    size: { readonly width: number; readonly height: number },
  ): Result<void>;
  close(): void;
}

/** Castagnoli's polynomial, reflected */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

function record(event: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + event.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(event, 12);
  view.setUint32(12 + event.length, masked(event), true);
  return bytes;
}

const { Writer } = protobuf;
type Writer = InstanceType<typeof Writer>;

/** A field of bytes: its number and the wire type of lengths. */
const bytesField = (writer: Writer, field: number, bytes: Uint8Array): Writer =>
  writer.uint32(field * 8 + 2).bytes(bytes);
const textField = (writer: Writer, field: number, text: string): Writer => writer.uint32(field * 8 + 2).string(text);
const intField = (writer: Writer, field: number, value: number): Writer => writer.uint32(field * 8).int64(value);

const eventOf = (seconds: number, step: number): Writer => intField(Writer.create().uint32(9).double(seconds), 2, step);

export function openTensorBoard(folder: string, now = Date.now()): Result<TensorBoard> {
  const file = path.join(folder, `events.out.tfevents.${Math.floor(now / 1000)}.ditc`);
  const opened = withSystem(file, () => openSync(file, 'w'));
  if (!opened.ok) return opened;
  const put = (event: Writer) => withSystem(file, () => void writeSync(opened.value, record(event.finish())));
  const summary = (step: number, values: readonly Writer[]) => {
    const all = Writer.create();
    for (const value of values) bytesField(all, 1, value.finish());
    return put(bytesField(eventOf(Date.now() / 1000, step), 5, all.finish()));
  };
  const head = put(
    textField(
      Writer.create()
        .uint32(9)
        .double(now / 1000),
      3,
      'brain.Event:2',
    ),
  );
  if (!head.ok) return head;
  return {
    ok: true,
    value: {
      scalars: (step, values) =>
        summary(
          step,
          Object.entries(values).map(([tag, value]) => textField(Writer.create(), 1, tag).uint32(21).float(value)),
        ),
      image(step, tag, png, { width, height }) {
        const image = Writer.create();
        for (const [field, value] of [height, width, 1].entries()) intField(image, field + 1, value);
        bytesField(image, 4, png);
        return summary(step, [bytesField(textField(Writer.create(), 1, tag), 4, image.finish())]);
      },
      close: () => closeSync(opened.value),
    },
  };
}
