/** What a kernel of tfjs throws, in our words. Its own text follows only where we do not know the cause. */
import { engineError } from './engine-error.ts';

export interface Occasion {
  readonly program: string;
  readonly batch: number;
  readonly backend: string;
}

export function explainKernel(error: unknown, { program, batch, backend }: Occasion): Error {
  const message = error instanceof Error ? error.message : String(error);
  const index = /index value (-?\d+) is not in|indices\[[\d, ]*\] = (-?\d+) is not in/.exec(message);
  if (index !== null || /index.* out of (range|bounds)/.test(message)) {
    const which = index === null ? 'an index' : `index ${index[1] ?? index[2]}`;
    return engineError('faults', `${which} fed to ${program} is outside of the table it picks from`, error);
  }
  if (/memory|OOM|allocat|Array buffer|Invalid typed array length/i.test(message)) {
    const message = `${program} with batch ${batch} does not fit in memory on ${backend}; use a smaller batch`;
    return engineError('missing', message, error);
  }
  const [first] = message.split('\n');
  return engineError('faults', `${backend} could not run ${program} with batch ${batch}: ${first}`, error);
}
