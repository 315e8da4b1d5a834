/** Weights that do something everywhere: the last layer of a fresh model would say nothing of its condition. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { createStream } from '../../runtime/random/stream.ts';
import type { Job } from '../../runtime/train/job.ts';

export function weightsFor(job: Job): Map<string, HostTensor> {
  const stream = createStream(3, 'weights');
  return new Map(
    weightsOf(job.model.inference).map(({ path, weight }) => {
      const shape = weight.type.shape as readonly number[];
      const data = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
      stream.fillNormal(data);
      return [path, { dtype: 'f32', shape, data: data.map((value) => 0.3 * value) }];
    }),
  );
}
