/** What a program does wrong with `ditc/layers` is said at once: what was given, what was wanted, and where the spec wants it. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayersModel, registerLayersOf } from '../../cli/layers.ts';
import type { OpenOptions, SpecModel } from '../../cli/layers-types.d.ts';
import { saveAndLoad } from './model-files.ts';

// no advice on the console
tf.enableProdMode();

const FILE = 'specs/dit.dit';
const TARGET = `${FILE}#DiT`;
const SET = { 'size.depth': 1, 'size.width': 16, 'size.heads': 2, side: 4, channels: 1, classes: 3 };
const open = (options: OpenOptions = {}): Promise<SpecModel> => openLayersModel(TARGET, { set: SET, ...options });

/** the message, with LINE for numbers of lines of specs */
async function thrown(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message.replace(/(\.dit):\d+/g, '$1:LINE');
  }
  return 'nothing was thrown';
}

test('without a backend of tfjs', async () => {
  assert.match(
    await thrown(() => open()),
    /^no backend of TensorFlow\.js is loaded; import `@tensorflow\/tfjs-backend-cpu`/,
  );
  await import('@tensorflow/tfjs-backend-cpu');
});

test('a target that is not there', async () => {
  const cases: readonly (readonly [target: unknown, said: string])[] = [
    ['nowhere.dit', 'cannot read `nowhere.dit`'],
    [`${FILE}#DiTT`, 'no preset or model `DiTT` in specs/dit.dit'],
    [
      undefined,
      'openLayersModel: the first argument is a file, or FILE#NAME for a preset or model in it, not undefined',
    ],
    [3, 'the first argument is a file, or FILE#NAME for a preset or model in it, not 3'],
  ];
  for (const [target, said] of cases) assert.match(await thrown(() => openLayersModel(target as string)), said);
});

test('options that there are not, or of another kind', async () => {
  const cases: readonly (readonly [options: unknown, said: string])[] = [
    ['hello', 'openLayersModel: options are an object, not "hello"'],
    [{ sede: 1 }, 'openLayersModel: no option `sede`; did you mean `seed`?'],
    [{ dtype: 'f16' }, 'openLayersModel: no option `dtype`; it has `set`, `training`, `recompute`, `weights`, `seed`'],
    [{ seed: 0.5 }, '`seed` is a whole number from 0 on, not 0.5'],
    [{ weights: new Map() }, '`weights` is the path of a file, not a Map'],
    [{ training: 'yes' }, '`training` is true or false, not "yes"'],
    [{ set: ['side=4'] }, '`set` is an object of parameters and values, { \'size.depth\': 2 }, not ["side=4"]'],
    [
      { set: { size: { depth: 3 } } },
      '`set` gives `size` a string, a number, true or false, not {"depth":3}; fields are set by path, `size.depth`',
    ],
    [{ set: { 'size.dept': 3 } }, '`DiT` has no parameter `size.dept`'],
    [{ set: { side: 4.5 } }, '`side` must be an int, and this is 4.5'],
    [{ set: { ...SET, 'size.heads': 3 } }, 'heads must divide the width'],
    [{ weights: 'nowhere.safetensors' }, 'nowhere.safetensors: there is no such file or folder'],
  ];
  for (const [options, said] of cases) {
    const message = await thrown(() => openLayersModel(TARGET, options as OpenOptions));
    assert.ok(message.includes(said), `${JSON.stringify(options)}: ${message}`);
  }
  assert.match(
    await thrown(() => registerLayersOf(TARGET, { sets: SET } as never)),
    'registerLayersOf: no option `sets`',
  );
});

test('inputs that do not fit', async () => {
  const model = await open();
  const [x, t, y] = [tf.zeros([2, 4, 4, 1]), tf.zeros([2]), tf.zeros([2], 'int32')];
  const inputs = '`x` [N, 4, 4, 1], `t` [N], `y` int[N]';
  const cases: readonly (readonly [given: unknown, said: string])[] = [
    [[tf.zeros([2, 5, 5, 1]), t, y], 'input `x` is [2, 5, 5, 1], not [N, 4, 4, 1]'],
    [[tf.zeros([4, 4, 1]), t, y], 'input `x` is [4, 4, 1], not [N, 4, 4, 1]'],
    [[x, tf.zeros([2, 3]), y], 'input `t` is [2, 3], not [N]'],
    [[x, tf.zeros([3]), y], 'input `t` has 3 samples, and `x` 2'],
    [[x, t], `it takes 3 tensors, ${inputs}; 2 given`],
    [x, `it takes 3 tensors, ${inputs}; 1 given`],
    [undefined, `it takes tensors, ${inputs}, not undefined`],
    [{ x, t }, `input \`y\` is missing; it takes ${inputs}`],
    [{ x, t, y, z: y }, `it has no input \`z\`; it takes ${inputs}`],
    [[x, t, [0, 1]], 'input `y` is a tensor, int[N], not 0,1'],
    [[x, t, tf.tensor1d(['a', 'b'])], 'input `y` is string, not int32'],
    [[x, t, tf.tensor1d([0, 0.5])], 'input `y` holds 0.5, and is int[N]'],
  ];
  const ways: readonly ((given: never) => unknown)[] = [
    (given) => model.predict(given),
    (given) => model.predictOnBatch(given),
    (given) => model.evaluate(given, [x, x]),
    (given) => model.fit(given, [x, x]),
    (given) => model.trainOnBatch(given, [x, x]),
  ];
  for (const [given, said] of cases) {
    for (const way of ways)
      assert.is(await thrown(() => way(given as never)), `model \`DiT\` (specs/dit.dit:LINE): ${said}`);
  }
  assert.match(await thrown(() => model.apply([x, t])), 'it takes 3 tensors');
  for (const label of [-1, 4])
    assert.is(
      await thrown(() => model.predict([x, t, tf.tensor1d([0, label], 'int32')])),
      `layer \`y_embedder\`: input \`y\` holds the label ${label}, not one of 0 to 3 (block LabelEmbedder, std/embed.dit:LINE)`,
    );
  model.dispose();
});

test('layers of other shapes before a layer', async () => {
  const model = await open();
  const block = model.getLayer('blocks.0');
  const wire = (...shape: number[]): tfl.SymbolicTensor => tfl.input({ shape });
  assert.is(
    await thrown(() => block.apply([wire(5, 16), wire(16)])),
    'layer `blocks.0`: input `x` is [N, 5, 16], not [N, 4, 16] (block AdaLNZeroBlock, specs/dit.dit:LINE)',
  );
  assert.match(await thrown(() => block.apply(wire(4, 16))), 'layer `blocks.0`: input `c` is missing, it is [N, 16]');
  assert.match(
    await thrown(() => block.getLayer('attn').apply(tf.zeros([2, 4, 8]))),
    'layer `blocks.0.attn`: input `x` is [2, 4, 8], not [N, 4, 16] (block SelfAttention, std/blocks.dit:LINE)',
  );
  model.dispose();
});

test('paths of layers that there are not', async () => {
  const model = await open();
  assert.is(
    await thrown(() => model.getLayer('block.0')),
    'model `DiT` (specs/dit.dit:LINE) has no layer `block.0`; did you mean `blocks.0`?',
  );
  assert.is(
    await thrown(() => model.getLayer('blocks.0').getLayer('atn')),
    'layer `blocks.0` has no layer `atn` inside; it has `adaLN_modulation.1`, `attn`, `mlp`',
  );
  assert.match(await thrown(() => model.getLayer('blocks.0.attn.kv')), 'has no layer `blocks.0.attn.kv`');
  model.dispose();
});

test('weights of another model', async () => {
  const [model, wide, deep] = [
    await open(),
    await open({ set: { ...SET, 'size.width': 32 } }),
    await open({ set: { ...SET, 'size.depth': 2 } }),
  ];
  const of = 'model `DiT` (specs/dit.dit:LINE)';
  assert.is(
    await thrown(() => model.setWeights(wide.getWeights())),
    `${of}: the weight \`x_embedder.proj.weight\` is [16, 1, 2, 2], and [32, 1, 2, 2] was given for it`,
  );
  assert.is(await thrown(() => model.setWeights(deep.getWeights())), `${of} has 22 weights, and 32 were given`);
  const named = (from: SpecModel) => Object.fromEntries(from.weights.map((each) => [each.originalName, each.read()]));
  assert.is(
    await thrown(() => model.loadWeights(named(deep))),
    `${of} has no weights \`blocks.1.adaLN_modulation.1.weight\`, \`blocks.1.adaLN_modulation.1.bias\`, ` +
      '`blocks.1.attn.qkv.weight` and 7 more: these are weights of another model',
  );
  assert.match(
    await thrown(() => deep.loadWeights(named(model))),
    `${of} has \`blocks.1.adaLN_modulation.1.weight\`, \`blocks.1.adaLN_modulation.1.bias\`, \`blocks.1.attn.qkv.weight\` and 7 more`,
  );
  assert.match(
    await thrown(() => model.loadWeights(named(wide))),
    'is [16, 1, 2, 2], and [32, 1, 2, 2] was given for it',
  );
  const attn = model.getLayer('blocks.0.attn');
  assert.is(
    await thrown(() => attn.setWeights(wide.getLayer('blocks.0.attn').getWeights())),
    'layer `blocks.0.attn`: the weight `blocks.0.attn.qkv.weight` is [48, 16], and [96, 32] was given for it',
  );
  for (const each of [model, wide, deep]) each.dispose();
});

test('a model that was saved of another size', async () => {
  const model = await open({ set: { ...SET, 'size.width': 20 } });
  // as if in another process, which has not compiled it
  const json = JSON.stringify(model.toJSON(undefined, false)).replaceAll(/"[0-9a-f]{64}"/g, `"${'0'.repeat(64)}"`);
  await registerLayersOf(TARGET, { set: SET });
  assert.is(
    await thrown(() => tfl.loadLayersModel(tf.io.fromMemory({ modelTopology: JSON.parse(json) as object }))),
    'layer `x_embedder` is a block PatchEmbed {patch: 2, width: 20, init: xavier_uniform, bias_init: 0} that this ' +
      'process has not compiled; call `registerLayersOf` with the spec and the options of the model that was saved, ' +
      'before loading it',
  );
  model.dispose();
});

test('inputs go by name too', async () => {
  const model = await open();
  const inputs = { y: tf.zeros([2], 'int32'), x: tf.ones([2, 4, 4, 1]), t: tf.zeros([2]) };
  const [eps] = model.predict(inputs) as tf.Tensor[];
  const [same] = model.predict([inputs.x, inputs.t, inputs.y]) as tf.Tensor[];
  const [also] = model.predictOnBatch(inputs) as tf.Tensor[];
  assert.equal(eps!.dataSync(), same!.dataSync());
  assert.equal(eps!.dataSync(), also!.dataSync());
  const loaded = await saveAndLoad<SpecModel>(model);
  assert.is(loaded.place, model.place);
  assert.equal((loaded.predict(inputs) as tf.Tensor[])[0]!.dataSync(), eps!.dataSync());
  model.dispose();
  loaded.dispose();
});

test.run();
