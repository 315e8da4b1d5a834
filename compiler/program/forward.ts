import type { Graph } from '../ir/graph.ts';
import type { Program } from '../lower/program.ts';
import { weightState } from './compose.ts';

/** One evaluation of a model: its inputs in, its outputs out, its weights as state that nothing changes. */
export const forwardProgram = (name: string, model: Graph): Program => ({
  name,
  graph: model,
  state: weightState(model),
});
