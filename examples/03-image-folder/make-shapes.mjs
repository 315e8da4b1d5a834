/** Writes a folder of pictures by class, as a data set on disk is: circles, squares and triangles of any colour, 32 x 32. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';

const [folder, count = '300'] = process.argv.slice(2);
const side = 32;

/** Whether a point is inside, (0, 0) being the middle and 1 the size. */
const shapes = {
  circle: (x, y) => x * x + y * y < 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.85,
  triangle: (x, y) => y < 0.8 && y > 1.8 * Math.abs(x) - 0.9,
};

let state = 1;
/** Park & Miller's generator: the same pictures everywhere. */
function random(from, to) {
  state = (state * 48271) % 2147483647;
  return from + ((to - from) * state) / 2147483647;
}

/** A colour of full brightness: one channel at most, one at least, one between. */
function colour() {
  const channels = [230, 40, random(40, 230)];
  return channels.sort(() => random(-1, 1));
}

for (const [name, inside] of Object.entries(shapes)) {
  mkdirSync(path.join(folder, name), { recursive: true });
  for (let index = 0; index < Number(count); index++) {
    const [size, cx, cy, paint] = [random(8, 12), random(13, 19), random(13, 19), colour()];
    const data = new Uint8Array(3 * side * side);
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [((i % side) - cx) / size, (Math.floor(i / side) - cy) / size];
      data.set(inside(x, y) ? paint : [245, 245, 245], 3 * i);
    }
    const png = encode({ width: side, height: side, channels: 3, depth: 8, data });
    writeFileSync(path.join(folder, name, `${String(index).padStart(4, '0')}.png`), png);
  }
}
