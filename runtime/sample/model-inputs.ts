/**
 * What the inputs of a model besides the image are fed in sampling, a row for each row that the model sees: those of the
 * second half of a doubled batch have no condition.
 */
import type { Graph, GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, isBatch } from '../../compiler/ir/type.ts';
import { createStream } from '../random/stream.ts';
import type { Job } from '../train/job.ts';
import { done, type Outcome, refuseSaying } from '../train/refusal.ts';
import { countOf } from '../weights/tensor-file.ts';

/** One evaluation of one batch. */
export interface Turn {
  readonly time: number;
  /** one an image */
  readonly labels: Int32Array;
  readonly seed: number;
  /** the number of the first image */
  readonly first: number;
  /** which evaluation */
  readonly index: number;
}

export type InputRule = (turn: Turn) => HostTensor;
export type InputRules = ReadonlyMap<string, InputRule>;

interface Rows {
  /** images at once */
  readonly batch: number;
  /** rows that the model sees: as many, or twice as many */
  readonly rows: number;
}

/** A rule for each of these inputs of the model. */
export function inputRules(job: Job, inputs: readonly GraphInput[], { batch, rows }: Rows): Outcome<InputRules> {
  const graph: Graph = job.model.inference;
  const name = job.model.symbol.decl.name.text;
  const rules = new Map<string, InputRule>();
  for (const input of inputs) {
    const { dtype, shape } = graph.values[graph.inputs.find((each) => each.name === input.name)!.value]!.type;
    const bound = bindShape(shape, rows);
    const hasRows = shape[0] !== undefined && isBatch(shape[0]);
    const isSecond = (row: number): boolean => row >= batch;
    const numbers = (of: (row: number) => number): HostTensor => {
      const all = Array.from({ length: hasRows ? bound[0]! : 0 }, (_, row) => of(row));
      const data =
        dtype === 'int' ? Int32Array.from(all) : dtype === 'bool' ? Uint8Array.from(all) : Float32Array.from(all);
      return { dtype, shape: bound, data };
    };
    switch (input.role?.kind) {
      case 'timestep':
        rules.set(input.name, ({ time }) => numbers(() => time));
        continue;
      case 'label': {
        const none = input.role.null;
        if (rows > batch && none === undefined)
          return refuseSaying(name, 'cannot be guided: it has no label for "none"', 'write `label(n, null: n)`');
        rules.set(input.name, ({ labels }) => numbers((row) => (isSecond(row) ? none! : labels[row]!)));
        continue;
      }
      case 'drop':
        rules.set(input.name, () => numbers((row) => (isSecond(row) ? 1 : 0)));
        continue;
      case 'uniform':
      case 'normal':
        rules.set(input.name, drawn(input.name, input.role.kind, bound, batch));
        continue;
      default: {
        const { strength } = job.recipe.sample;
        if (input.name === 'strength' && strength !== undefined) {
          rules.set(input.name, () => numbers(() => strength));
          continue;
        }
        return refuseSaying(
          name,
          `cannot be sampled here: its input \`${input.name}\` takes ${input.role?.kind === 'text' ? 'captions, which' : 'what'} is not given`,
          'sample a model with labels',
        );
      }
    }
  }
  return done(rules);
}

/** The same for both halves, and for an image in any batch. */
function drawn(name: string, kind: 'uniform' | 'normal', shape: readonly number[], batch: number): InputRule {
  const size = countOf(shape) / shape[0]!;
  return ({ seed, first, index }) => {
    const data = new Float32Array(countOf(shape));
    for (let row = 0; row < shape[0]!; row++) {
      const stream = createStream(seed, `sample/${first + (row % batch)}/${name}`, index);
      const part = data.subarray(row * size, (row + 1) * size);
      if (kind === 'normal') stream.fillNormal(part);
      else stream.fillUniform(part);
    }
    return { dtype: 'f32', shape, data };
  };
}
