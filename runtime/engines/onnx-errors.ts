/** What ONNX Runtime throws, in our words. Its own text follows only where we do not know the cause. */
import { engineError } from './engine-error.ts';
import { gibibytes } from './gibibytes.ts';

export interface Occasion {
  readonly program: string;
  readonly batch: number;
}

export function explainFailure(error: unknown, { program, batch }: Occasion): Error {
  const message = error instanceof Error ? error.message : String(error);
  const wanted = /requested buffer of size (\d+)/.exec(message)?.[1];
  if (wanted !== undefined || /bad_alloc|allocat|out of memory/i.test(message)) {
    const size = wanted === undefined ? 'more memory' : `${gibibytes(Number(wanted))} more`;
    return engineError(
      'missing',
      `${program} with batch ${batch} does not fit in memory: ONNX Runtime asked for ${size}; use a smaller batch`,
      error,
    );
  }
  if (/out of (data )?bounds|invalid index/i.test(message)) {
    const index = /(?:idx=|index found, index = )(-?\d+)/.exec(message)?.[1];
    const which = index === undefined ? 'an index' : `index ${index}`;
    return engineError('faults', `${which} fed to ${program} is outside of the table it picks from`, error);
  }
  const [first] = message.split('\n');
  return engineError('faults', `ONNX Runtime could not run ${program} with batch ${batch}: ${first}`, error);
}
