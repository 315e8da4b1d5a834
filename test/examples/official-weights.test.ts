// limit: 300 s
/** A checkpoint laid out as those of the official DiT code, which PyTorch wrote: its numbers are those of PyTorch. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { runExample } from './example.ts';

const run = runExample('04-official-weights');

test('all weights match, and one evaluation is that of PyTorch', () => {
  assert.is(run.code, 0, run.said);
  assert.match(run.said, /part `ema` of `model`, `ema`\nall 32 weights match/);
  const off = [...run.said.matchAll(/^(eps|sigma): (\S+) of the largest number$/gm)];
  assert.equal(
    off.map(([, name]) => name),
    ['eps', 'sigma'],
  );
  for (const [, name, value] of off) assert.ok(Number(value) < 1e-5, `${name} ${value}`);
});

test('what is converted and sampled is there', () => {
  const shapes = (file: string) => {
    const opened = openSafetensors(run.at(file));
    assert.ok(opened.ok);
    const list = [...opened.value.tensors].map(([name, { shape }]) => [name, [...shape]] as const);
    opened.value.close();
    return new Map(list);
  };
  const weights = shapes('ema.safetensors');
  assert.is(weights.size, 32);
  assert.equal(weights.get('y_embedder.embedding_table.weight'), [11, 32]);
  assert.equal(shapes('latents.safetensors').get('images'), [4, 8, 8, 4]);
});

test.run();
