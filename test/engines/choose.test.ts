/** Which engine runs where none is named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultEngine } from '../../runtime/engines/choose.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { ENGINE_NAMES, ENGINES } from '../../runtime/engines/registry.ts';
import { explainWebgpu } from '../../runtime/engines/webgpu.ts';

/** What is chosen where only these engines are available, on these devices, and which were asked. */
async function chosen(devices: Readonly<Record<string, string>>, gpu: boolean) {
  const asked: string[] = [];
  const engine = await defaultEngine({
    mayHaveGpu: () => gpu,
    open: async (name): Promise<Engine> => ({
      name,
      async status() {
        asked.push(name);
        return { name, available: name in devices, device: devices[name] };
      },
      load: async () => assert.unreachable() as never,
    }),
  });
  return [engine?.name, asked.join(' ')];
}

test('a TensorFlow with a GPU, else onnx, else TensorFlow on the CPU, else wasm', async () => {
  const all = { onnx: 'cpu (2 threads)', wasm: 'cpu (1 thread)' };
  const tensorflow = { tensorflow: 'cpu (2 threads)' };
  assert.equal(await chosen({ ...all, tensorflow: 'gpu' }, true), ['tensorflow', 'tensorflow']);
  assert.equal(await chosen({ ...all, ...tensorflow }, true), ['onnx', 'tensorflow onnx']);
  assert.equal(await chosen({ ...all, tensorflow: 'gpu' }, false), ['onnx', 'onnx'], 'it is not opened for nothing');
  assert.equal(await chosen({ wasm: all.wasm, ...tensorflow }, false), ['tensorflow', 'onnx tensorflow']);
  assert.equal(await chosen({ wasm: all.wasm }, false), ['wasm', 'onnx tensorflow wasm']);
  assert.equal(await chosen({}, false), [undefined, 'onnx tensorflow wasm']);
});

test('every engine of the registry has its name', async () => {
  for (const name of ENGINE_NAMES) assert.is((await ENGINES[name]()).name, name);
});

test('webgpu says what it lacks', () => {
  assert.equal(explainWebgpu(new Error("Cannot find package 'webgpu' imported from /app/webgpu.js")), {
    reason: 'webgpu or @tensorflow/tfjs-backend-webgpu is not installed',
    remedy: 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0 --no-save --ignore-scripts',
  });
  assert.is(explainWebgpu(new Error('no GPU that Dawn can use')).reason, 'no GPU that Dawn can use');
});

test.run();
