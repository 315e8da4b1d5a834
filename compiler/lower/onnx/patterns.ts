/** The patterns that are recognised, the largest first. */
import { affineNorm } from './affine-norm.ts';
import { attention } from './attention.ts';
import type { Recogniser } from './recognise.ts';

/** For whom a model is made: every tool that reads standard ONNX, or ONNX Runtime, which has ops of its own. */
export type Audience = 'any' | 'onnxruntime';

export const RECOGNISERS: Readonly<Record<Audience, readonly Recogniser[]>> = {
  any: [affineNorm],
  onnxruntime: [attention, affineNorm],
};
