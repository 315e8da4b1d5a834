import type { Frame } from './context.ts';

type Required_ = 'session' | 'scope' | 'build' | 'what' | 'evaluate';

/** A frame with nothing in it yet. */
export const createFrame = (parts: Pick<Frame, Required_> & Partial<Frame>): Frame => ({
  names: new Map(),
  depth: 0,
  turns: 0,
  readsTraining: false,
  stopped: false,
  halted: false,
  failed: false,
  nodes: 0,
  weights: 0,
  looksBackTo: Infinity,
  ...parts,
});
