/** Grids of samples while a model trains: the same labels and noise each time, so that they show what has changed. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Engine } from '../engines/engine.ts';
import { encodePng, imageGrid } from '../evaluate/image-grid.ts';
import type { Job } from '../train/job.ts';
import { done, type Outcome, refuseFor } from '../train/refusal.ts';
import { labelOf } from '../train/run-data.ts';
import { writeWhole } from '../weights/file-writer.ts';
import { succeed } from '../weights/problem.ts';
import { withSystem } from '../weights/system-problem.ts';
import { openSampler, type Sampler } from './sampler.ts';

export interface Shown {
  readonly file: string;
  readonly png: Uint8Array;
  readonly size: { readonly width: number; readonly height: number };
}

export interface Preview {
  /** none where the recipe says nothing of sampling, or images cannot be shown */
  show(step: number, weights: ReadonlyMap<string, HostTensor>): Promise<Outcome<Shown | undefined>>;
  dispose(): Promise<void>;
}

const MOST_COLUMNS = 10;
const ROWS = 4;

export function openPreview(
  job: Job,
  { run, engine, threads }: { readonly run: string; readonly engine: Engine; readonly threads?: number },
): Preview {
  const columns = Math.min(MOST_COLUMNS, labelOf(job.model.inference)?.classes ?? MOST_COLUMNS);
  let sampler: Sampler | undefined;
  const folder = path.join(run, 'samples');
  return {
    async show(step, weights) {
      if (job.recipe.schedule === undefined || job.recipe.sample.step === undefined) return done(undefined);
      if (sampler === undefined) {
        const opened = await openSampler(job, { engine, threads, batch: columns * ROWS, weights });
        if (!opened.ok) return opened;
        sampler = opened.value;
      } else await sampler.setWeights(weights);
      const [height, width, channels] = sampler.image as [number, number, number];
      if (channels !== 1 && channels !== 3) return done(undefined);
      const labels = Array.from({ length: columns * ROWS }, (_, i) => i % columns);
      const images = await sampler.sample({ labels, seed: 0 });
      const zoom = Math.max(1, Math.floor(56 / width));
      const picture = imageGrid(images, [height, width, channels], { columns, zoom });
      const png = encodePng(picture);
      const made = withSystem(folder, () => mkdirSync(folder, { recursive: true }));
      if (!made.ok) return refuseFor(made.problem);
      const file = path.join(folder, `step-${String(step).padStart(8, '0')}.png`);
      const written = await writeWhole(file, [succeed(png)]);
      return written.ok
        ? done({ file, png, size: { width: picture.width, height: picture.height } })
        : refuseFor(written.problem);
    },
    dispose: async () => sampler?.dispose(),
  };
}
