/** What the engine says of itself, and of why it is not there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onnx } from '../../runtime/engines/onnx.ts';
import { explainFailure } from '../../runtime/engines/onnx-errors.ts';
import { explainMissing } from '../../runtime/engines/onnx-runtime.ts';

test('an engine that is there says its version and its device', async () => {
  const status = await onnx.status();
  assert.is(status.name, 'onnx');
  assert.ok(status.available);
  assert.match(status.version!, /^1\.\d+\.\d+/);
  assert.match(status.device!, /^cpu \(\d+ threads?\)$/);
});

test('an engine that is missing says why and what would help', () => {
  const cases: readonly (readonly [message: string, reason: string, remedy: string])[] = [
    [
      "Cannot find package 'onnxruntime-node' imported from /app/onnx.js",
      'onnxruntime-node is not installed',
      'npm install onnxruntime-node --ignore-scripts',
    ],
    [
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'",
      'onnxruntime-node has no library for darwin x64',
      'use another engine: --engine tensorflow or --engine wasm',
    ],
    [
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found",
      'onnxruntime-node needs a newer C library than this system has',
      'use a newer system, or --engine wasm',
    ],
    ['wrong ELF class\nand more', 'onnxruntime-node does not load: wrong ELF class', 'npm rebuild onnxruntime-node'],
  ];
  for (const [message, reason, remedy] of cases) {
    assert.equal(explainMissing(new Error(message), 'darwin', 'x64'), { reason, remedy });
  }
});

test('memory that is not there is told with its size and the remedy', () => {
  const message = 'bfc_arena.cc Failed to allocate memory for requested buffer of size 6442450944';
  const { message: told } = explainFailure(new Error(message), { program: 'train step', batch: 512 });
  assert.is(
    told,
    'train step with batch 512 does not fit in memory: ONNX Runtime asked for 6.00 GiB more; use a smaller batch',
  );
});

test.run();
