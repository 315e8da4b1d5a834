/** Two safetensors files: for each tensor of the first how far that of the second is away, as a share of the largest. */
import { readFileSync } from 'node:fs';

function tensors(file) {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  return Object.entries(entries).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const data = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + 8 + length + from, bytes.byteOffset + 8 + length + to),
      );
      return { name, shape, data };
    },
  );
}

const [theirs, ours] = process.argv.slice(2).map(tensors);
for (const { name, shape, data } of theirs) {
  const other = ours.find((tensor) => tensor.name === name && String(tensor.shape) === String(shape));
  if (other === undefined) throw new Error(`${name} of ${shape.join(' x ')} is missing`);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = data.reduce((most, value, i) => Math.max(most, Math.abs(value - other.data[i])), 0);
  console.log(`${name}: ${(off / largest).toExponential(1)} of the largest number`);
  if (!(off < 1e-5 * largest)) process.exitCode = 1;
}
