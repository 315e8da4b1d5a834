/** The patterns that are recognised, the largest first. */
import type { Recogniser } from './recognise.ts';

export const RECOGNISERS: readonly Recogniser[] = [];
