import path from 'node:path';

/** Where a finished run leaves the weights of its model, averaged where an average is kept. */
export const weightsFile = (run: string): string => path.join(run, 'weights.safetensors');
