/** DDPM, respaced (Ho 2020 alg. 2; Nichol & Dhariwal 2021), for a model that predicts x_0, with guidance. */
import * as tf from '@tensorflow/tfjs-core';

/** ᾱ(u) = cos²((u + s) / (1 + s) · π/2), Nichol & Dhariwal 2021 eq. 17, as ᾱ_t of T steps with β at most 0.999 */
function cosineAlphaBars(total) {
  const at = (u) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  let product = 1;
  return Array.from({ length: total }, (_, t) => {
    product *= 1 - Math.min(1 - at((t + 1) / total) / at(t / total), 0.999);
    return product;
  });
}

/** For each step, the last first: its timestep, and x_{t-1} = toClean · x_0 + toNoisy · x_t + spread · noise */
export function stepTable(steps, total = 1000) {
  const alphaBars = cosineAlphaBars(total);
  const kept = Array.from({ length: steps }, (_, i) => Math.round((i * (total - 1)) / (steps - 1)));
  const table = kept.map((t, i) => {
    const [now, before] = [alphaBars[t], i === 0 ? 1 : alphaBars[kept[i - 1]]];
    const beta = 1 - now / before;
    return {
      t,
      toClean: (beta * Math.sqrt(before)) / (1 - now),
      toNoisy: ((1 - before) * Math.sqrt(1 - beta)) / (1 - now),
      spread: i === 0 ? 0 : Math.sqrt((beta * (1 - before)) / (1 - now)),
    };
  });
  return table.reverse();
}

/** One image [28, 28, 1] for each label. `onStep` sees what the model holds for x_0, [N, 28, 28, 1] in -1..1 */
export async function sample(model, { labels, none, steps, guidance, seed, onStep }) {
  const count = labels.length;
  const y = tf.tensor1d([...labels, ...labels.map(() => none)], 'int32');
  const noiseOf = (step) => tf.randomNormal([count, 28, 28, 1], 0, 1, 'float32', seed * 1000 + step + 1);
  let xt = noiseOf(-1);
  for (const [at, { t, toClean, toNoisy, spread }] of stepTable(steps).entries()) {
    const [next, clean] = tf.tidy(() => {
      const [given, free] = tf.split(model({ x: tf.concat([xt, xt]), t: tf.fill([2 * count], t), y }).x0, 2);
      const x0 = tf.clipByValue(tf.add(free, tf.mul(guidance, tf.sub(given, free))), -1, 1);
      const mean = tf.add(tf.mul(toClean, x0), tf.mul(toNoisy, xt));
      return [tf.add(mean, tf.mul(spread, noiseOf(at))), x0];
    });
    xt.dispose();
    xt = next;
    await onStep(clean, at + 1);
    clean.dispose();
  }
  y.dispose();
  return xt;
}
