// limit: 300 s
/** The page of examples/06-browser in a browser, on WebAssembly and on WebGPU: what it draws is digits, and what its model says is what the graph says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader } from '../../cli/loader.ts';
import { readEntry } from '../../cli/open-file.ts';
import { packageRoot } from '../../cli/package-root.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { loadWeights } from '../../runtime/weights/load.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { distance } from '../engines/closeness.ts';
import { randomInputs } from '../engines/small-models.ts';
import { testIf } from '../skip.ts';
import { runExample } from './example.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const launch = (args: readonly string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', ...args] });

const WITHOUT_GPU = ['--disable-gpu'];
/** WebGPU over SwiftShader, which comes with Chromium and needs no GPU. */
const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Whether this Chromium hands out an adapter. */
async function hasWebgpu(): Promise<boolean> {
  if (executablePath === undefined) return false;
  const browser = await launch(SOFTWARE_WEBGPU);
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path.join(packageRoot, 'examples/06-browser/index.html')).href);
    return await page.evaluate('Promise.resolve(navigator.gpu?.requestAdapter()).then((adapter) => adapter != null)');
  } finally {
    await browser.close();
  }
}

const inBrowser = testIf(executablePath !== undefined, 'needs Chromium: apt-get install chromium');
const onWebgpu = testIf(await hasWebgpu(), `needs a Chromium with ${SOFTWARE_WEBGPU.join(' ')}`);
const run = runExample('06-browser');

async function open(file: string, name: string, weights: string, set: Readonly<Record<string, string>> = {}) {
  const entry = await readEntry(file);
  if ('exit' in entry) throw new Error(file);
  const overrides = Object.entries(set).map(([at, value]) => ({ path: at, value }));
  const graph = instantiate(openSpec(entry, diskLoader(entry)), name, overrides).model!.inference;
  const opened = openSafetensors(path.join(packageRoot, weights));
  assert.ok(opened.ok);
  const loaded = loadWeights(opened.value, weightsOf(graph));
  opened.value.close();
  assert.ok(loaded.ok);
  return { graph, weights: loaded.value.tensors };
}

/** Which digit the committed classifier takes each image for. */
async function classify(pixels: readonly number[]): Promise<number[]> {
  const net = 'specs/weights/mnist_classifier.safetensors';
  const { graph, weights } = await open('specs/mnist_classifier.dit', 'mnist-classifier', net);
  const batch = pixels.length / 784;
  const x: HostTensor = { dtype: 'f32', shape: [batch, 28, 28, 1], data: Float32Array.from(pixels) };
  const { logits } = evaluate(graph, { inputs: { x }, weights, batch });
  return Array.from({ length: batch }, (_, at) => {
    const row = Array.from(logits!.data.subarray(10 * at, 10 * at + 10));
    return row.indexOf(Math.max(...row));
  });
}

const inputsOf = (graph: Graph, timesteps: readonly number[]): Record<string, HostTensor> => {
  const inputs = randomInputs(graph, timesteps.length);
  return { ...inputs, t: { ...inputs.t!, data: Float32Array.from(timesteps) } };
};

test('the module that is committed is the one that is written', () => {
  assert.is(run.code, 0, run.said);
  const committed = path.join(packageRoot, 'examples/06-browser/model');
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|json)$/.test(file))
      .sort();
  assert.equal(files(run.at('model')), files(committed));
  for (const file of files(committed))
    assert.fixture(run.read('model', file).toString(), readFileSync(path.join(committed, file), 'utf8'));
});

/** The page, drawn once, in a browser that is closed afterwards. It asks for nothing but itself and has no complaints. */
async function onPage(search: string, args: readonly string[], look: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launch(args);
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(file|blob|data):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(`${pathToFileURL(run.at('index.html')).href}${search}`);
    await page.waitForSelector('body[data-state=done], body[data-state=failed]', { timeout: 200_000 });
    assert.equal(complaints, []);
    await look(page);
    assert.equal(complaints, []);
  } finally {
    await browser.close();
  }
}

/** What is seen: bright strokes on a dark ground. */
async function assertStrokes(page: Page): Promise<void> {
  const bright =
    'c => c.getContext("2d").getImageData(0, 0, 28, 28).data.filter((v, i) => i % 4 === 0 && v > 128).length';
  const strokes = (await page.evaluate(`[...document.querySelectorAll('canvas')].map(${bright})`)) as number[];
  assert.ok(strokes.length === 10 && strokes.every((count) => count > 20 && count < 300), `${strokes}`);
}

/** How many of the drawings of a seed the classifier takes for what they were asked to be, of ten. */
async function rightOf(page: Page, seed: number): Promise<number> {
  const pixels = (await page.evaluate(`digits.draw(${seed})`)) as number[];
  return (await classify(pixels)).filter((digit, at) => digit === at).length;
}

/** How far what the model in the page says of random images is from what the graph says in 64 bits. */
async function errorOf(page: Page, timesteps: readonly number[]): Promise<number> {
  const denoiser = 'examples/06-browser/digits.safetensors';
  const { graph, weights } = await open('specs/digits.dit', 'digits', denoiser, { 'size.width': '60' });
  const inputs = inputsOf(graph, timesteps);
  const numbers = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, Array.from(data)]));
  const said = (await page.evaluate(`digits.denoise(${JSON.stringify(numbers)})`)) as number[];
  const { x0 } = evaluate(graph, { inputs, weights, batch: timesteps.length });
  return distance({ dtype: 'f32', shape: x0!.shape, data: Float32Array.from(said) }, x0!);
}

const tensorsOf = (page: Page): Promise<unknown> => page.evaluate('digits.tensors()');

inBrowser('the page draws digits without a server', () =>
  onPage('', WITHOUT_GPU, async (page) => {
    assert.is(await page.evaluate('digits.backend'), 'wasm');
    await assertStrokes(page);
    const before = await tensorsOf(page);
    const right = (await rightOf(page, 1)) + (await rightOf(page, 2));
    assert.ok(right >= 16, `${right} of 20 digits are what they were asked to be`);
    const apart = await errorOf(page, [7, 400, 999]);
    assert.ok(apart <= 1e-5, `the model in the page is ${apart} off`);
    assert.is(await tensorsOf(page), before, 'tensors are left behind');
  }),
);

// eight steps: in software each takes seconds
onWebgpu('and on WebGPU', () =>
  onPage('?backend=webgpu&steps=8', SOFTWARE_WEBGPU, async (page) => {
    assert.is(await page.evaluate('digits.backend'), 'webgpu');
    assert.is(await page.textContent('#backend'), 'WebGPU computes.');
    await assertStrokes(page);
    const before = await tensorsOf(page);
    const right = await rightOf(page, 1);
    assert.ok(right >= 8, `${right} of 10 digits are what they were asked to be`);
    // WGSL lets sin and cos be 2^-11 off, and those of SwiftShader are 2e-4 off: the embedding of t is made of them.
    // At t = 0 they are right, and so must be all else.
    const apart = await errorOf(page, [7, 400, 999]);
    assert.ok(apart <= 2 ** -11, `the model in the page is ${apart} off`);
    const still = await errorOf(page, [0, 0, 0]);
    assert.ok(still <= 1e-5, `the model in the page is ${still} off at t = 0`);
    assert.is(await tensorsOf(page), before, 'tensors are left behind');
  }),
);

inBrowser('where there is no WebGPU it says so and draws by WebAssembly', () =>
  onPage('?backend=webgpu&steps=2', WITHOUT_GPU, async (page) => {
    assert.is(await page.evaluate('digits.backend'), 'wasm');
    assert.match((await page.textContent('#backend'))!, /^WebAssembly computes: .*WebGPU/);
  }),
);

test.run();
