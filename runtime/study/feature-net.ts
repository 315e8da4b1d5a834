/**
 * A net whose output `features` says what an image is like, `logits` what it shows, `spatial` what is where, the last two
 * if it has them: a spec with weights, such as `specs/mnist_classifier.dit`. Scores by different nets do not compare.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import type { Engine } from '../engines/engine.ts';
import { loadProgram } from '../engines/load.ts';
import { done, type Outcome, refuseFor, refuseSaying } from '../train/refusal.ts';
import { imageShapeOf } from '../train/run-data.ts';
import { loadWeights } from '../weights/load.ts';
import { withSystem } from '../weights/system-problem.ts';
import { openWeights } from '../weights/weights-file.ts';

export interface FeatureNetSource {
  readonly model: ModelInstance;
  /** for people and records: `specs/mnist_classifier.dit#mnist-classifier` */
  readonly name: string;
  readonly weights: string;
}

export interface Described {
  /** [n, width] */
  readonly features: Float64Array;
  readonly width: number;
  /** [n, classes] */
  readonly logits?: Float64Array;
  readonly classes?: number;
  /** [n, spatialWidth]: what keeps its place in the image */
  readonly spatial?: Float64Array;
  readonly spatialWidth?: number;
}

export interface FeatureNet {
  readonly name: string;
  /** of the weights */
  readonly sha256: string;
  readonly image: readonly [number, number, number];
  describe(images: Float32Array): Promise<Described>;
  dispose(): Promise<void>;
}

const BATCH = 100;

export async function openFeatureNet(
  source: FeatureNetSource,
  engine: Engine,
  threads?: number,
): Promise<Outcome<FeatureNet>> {
  const { model, name } = source;
  const graph = model.inference;
  const widthOf = (output: string): number | undefined => {
    const result = graph.results.find((each) => each.name === output);
    const shape = result === undefined ? [] : graph.values[result.value]!.type.shape;
    return shape.length === 2 && typeof shape[1] === 'number' ? shape[1] : undefined;
  };
  const width = widthOf('features');
  const classes = widthOf('logits');
  const spatialWidth = widthOf('spatial');
  if (width === undefined)
    return refuseSaying(name, 'has no output `features` [N, width]', 'name a model that has one');
  const [input, ...others] = graph.inputs;
  if (input?.role?.kind !== 'image' || others.length > 0)
    return refuseSaying(name, 'takes more than an image', 'name a model of one image');
  const bytes = withSystem(source.weights, () => readFileSync(source.weights));
  if (!bytes.ok) return refuseFor(bytes.problem);
  const file = await openWeights(source.weights);
  if (!file.ok) return refuseFor(file.problem);
  const loaded = loadWeights(file.value, weightsOf(graph));
  file.value.close();
  if (!loaded.ok) return refuseFor(loaded.problem);
  const session = await loadProgram(engine, forwardProgram(name, graph), loaded.value.tensors, {
    batch: BATCH,
    threads,
  });
  const image = imageShapeOf(graph);
  const pixels = image[0] * image[1] * image[2];
  return done({
    name,
    sha256: createHash('sha256').update(bytes.value).digest('hex'),
    image,
    async describe(images) {
      const count = images.length / pixels;
      const features = new Float64Array(count * width);
      const logits = classes === undefined ? undefined : new Float64Array(count * classes);
      const spatial = spatialWidth === undefined ? undefined : new Float64Array(count * spatialWidth);
      for (let from = 0; from < count; from += BATCH) {
        const rows = Math.min(BATCH, count - from);
        const data = new Float32Array(BATCH * pixels);
        data.set(images.subarray(from * pixels, (from + rows) * pixels));
        const results = await session.run({ [input.name]: { dtype: 'f32', shape: [BATCH, ...image], data } });
        features.set(results.features!.data.subarray(0, rows * width), from * width);
        logits?.set(results.logits!.data.subarray(0, rows * classes!), from * classes!);
        spatial?.set(results.spatial!.data.subarray(0, rows * spatialWidth!), from * spatialWidth!);
      }
      return { features, width, ...(logits && { logits, classes }), ...(spatial && { spatial, spatialWidth }) };
    },
    dispose: () => session.dispose(),
  });
}
