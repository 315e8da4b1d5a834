/** The page: ten digits are drawn as they come out of noise. `?backend=webgpu&steps=10` in its address are settings. */
import * as tf from '@tensorflow/tfjs-core';
import file from 'digits.safetensors';
import { chooseBackend } from './backend.js';
import { forward, readWeights } from './model/index.ts';
import { sample } from './sampler.js';

const LABELS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const element = (id) => document.getElementById(id);
const canvases = LABELS.map(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 28;
  return element('digits').appendChild(canvas);
});

function draw(pixels) {
  for (const [at, canvas] of canvases.entries()) {
    const image = new ImageData(28, 28);
    for (let i = 0; i < 784; i++) {
      const shade = 127.5 * (pixels[784 * at + i] + 1);
      image.data.set([shade, shade, shade, 255], 4 * i);
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
  }
}

/** Digits from the noise of a seed, drawn on the way, and at the end as numbers [10, 28, 28, 1] */
async function drawDigits(weights, seed) {
  document.body.dataset.state = 'drawing';
  element('again').disabled = true;
  const guidance = element('guidance').valueAsNumber || 0;
  const steps = Math.min(1000, Math.max(2, Math.round(element('steps').valueAsNumber) || 30));
  const onStep = async (clean, done) => {
    draw(await clean.data());
    element('status').textContent = `step ${done} of ${steps}`;
    await tf.nextFrame();
  };
  const model = (inputs) => forward(inputs, weights);
  const digits = await sample(model, { labels: LABELS, none: 10, steps, guidance, seed, onStep });
  const pixels = await digits.data();
  digits.dispose();
  draw(pixels);
  document.body.dataset.state = 'done';
  element('again').disabled = false;
  return Array.from(pixels);
}

/** What the model says of numbers, for whoever compares it. */
async function denoise(weights, { x, t, y }) {
  const x0 = tf.tidy(() => {
    const given = { x: tf.tensor(x, [t.length, 28, 28, 1]), t: tf.tensor1d(t), y: tf.tensor1d(y, 'int32') };
    return forward(given, weights).x0;
  });
  const numbers = await x0.data();
  x0.dispose();
  return Array.from(numbers);
}

async function start() {
  const asked = new URLSearchParams(location.search);
  element('steps').value = asked.get('steps') ?? 30;
  element('backend').textContent = await chooseBackend(asked.get('backend'));
  const weights = readWeights(file.buffer);
  globalThis.digits = {
    backend: tf.getBackend(),
    draw: (seed) => drawDigits(weights, seed),
    denoise: (numbers) => denoise(weights, numbers),
    tensors: () => tf.memory().numTensors,
  };
  let seed = 1;
  element('again').addEventListener('click', () => drawDigits(weights, ++seed));
  await drawDigits(weights, seed);
}

start().catch((error) => {
  document.body.dataset.state = 'failed';
  element('status').textContent = String(error);
  console.error(error);
});
