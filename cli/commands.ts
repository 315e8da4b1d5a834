/** Every command: what it does in a line, and where it is. Loading this loads none of them. */
import type { CommandModule } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  check: {
    summary: 'parse, elaborate and verify everything in a file',
    load: async () => (await import('./commands/check.ts')).check,
  },
  fmt: {
    summary: 'rewrite files in canonical form',
    load: async () => (await import('./commands/fmt.ts')).fmt,
  },
  explain: {
    summary: 'what a diagnostic means, with a failing and a fixed example',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  list: {
    summary: 'models with their parameters, presets, recipes and grids',
    load: async () => (await import('./commands/list.ts')).list,
  },
  graph: {
    summary: 'the compiled graph, as text, JSON, DOT or SVG',
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  cost: {
    summary: 'MACs, FLOPs, parameters and memory, counted before anything runs',
    load: async () => (await import('./commands/cost.ts')).cost,
  },
  diff: {
    summary: 'what differs between two models: parameters, structure, weights, cost',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  grid: {
    summary: 'the points of a grid with their costs, and what is rejected and why, before anything runs',
    load: async () => (await import('./commands/grid.ts')).grid,
  },
  report: {
    summary: 'one self-contained page about a model, a grid or a study',
    load: async () => (await import('./commands/report.ts')).report,
  },
  emit: {
    summary: 'a model as files for other tools: ONNX, safetensors, TypeScript, layers of tfjs',
    load: async () => (await import('./commands/emit.ts')).emit,
  },
  weights: {
    summary: 'what is in files of weights, what a model takes of them, and conversion',
    load: async () => (await import('./commands/weights.ts')).weights,
  },
  engines: {
    summary: 'what can run models here, and what is missing',
    load: async () => (await import('./commands/engines.ts')).engines,
  },
  forward: {
    summary: 'one evaluation of a model, or its gradients, from and to files',
    load: async () => (await import('./commands/forward.ts')).forward,
  },
  train: {
    summary: 'train a model by a recipe',
    load: async () => (await import('./commands/train.ts')).train,
  },
  sample: {
    summary: 'images from a trained model',
    load: async () => (await import('./commands/sample.ts')).sample,
  },
  evaluate: {
    summary: 'distances and accuracies of a trained model',
    load: async () => (await import('./commands/evaluate.ts')).evaluate,
  },
  run: {
    summary: 'a study: train, sample and evaluate every point of a grid',
    load: async () => (await import('./commands/run.ts')).run,
  },
};
