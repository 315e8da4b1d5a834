/** `ditc graph TARGET`: the compiled graph, after all passes or after one, for people and for programs. */
import { Option } from 'commander';
import type { Graph } from '../../compiler/ir/graph.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { runPasses, STAGES } from '../../compiler/passes/pipeline.ts';
import { type CommandModule, refuse, wholeNumber } from '../command.ts';
import { EXIT } from '../exit.ts';
import { collect, instantiateTarget } from '../instantiate-target.ts';
import { replaceFile } from '../replace-file.ts';

type Written = string | { readonly problem: string };

const FORMATS: Readonly<Record<string, (graph: Graph, depth?: number) => Written | Promise<Written>>> = {
  text: (graph) => printGraph(graph),
  json: async (graph) => JSON.stringify((await import('../../compiler/view/json.ts')).graphDocument(graph), null, 2),
  dot: async (graph, depth) => (await import('../../compiler/view/dot.ts')).dotOf(graph, { depth }),
  svg: async (graph, depth) => (await import('../../compiler/view/svg.ts')).svgOf(graph, { depth }),
};

export const graph: CommandModule = {
  describe: (command) =>
    command
      .argument('<target>', 'FILE, FILE#NAME (a preset or model; quote it) or `-`')
      .addOption(new Option('--after <pass>', 'stop after this pass').choices(STAGES))
      .addOption(new Option('--format <format>', 'how to write it').choices(Object.keys(FORMATS)).default('text'))
      .option('--depth <levels>', 'how many levels of blocks a picture (dot, svg) opens', wholeNumber)
      .option('--set <path=value>', 'change a parameter of the model (repeatable)', collect)
      .option('--training', 'the graph for training instead of the one for inference')
      .option('--train', 'the whole step of training: noising, model, loss, gradients, optimiser')
      .option(
        '--again <layers>',
        'of that step: so many layers run again in the backward pass, instead of what the recipe says',
        wholeNumber,
      )
      .option('--out <file>', 'write to a file'),
  example: "ditc graph 'specs/dit.dit#DiT-S/2' --set size.depth=2 --after fold-constants",
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const target = await instantiateTarget(args[0]!, invocation);
    if ('exit' in target) return target.exit;
    let start = options.training ? target.model.training : target.model.inference;
    const again = options.again as number | undefined;
    if (options.train || again !== undefined) {
      const { trainPrograms } = await import('../cost-training.ts');
      const step = await trainPrograms(target.spec, target.model, undefined);
      if ('problem' in step) return refuse(invocation, EXIT.faults, step.problem, step.help);
      if (again !== undefined && again > step.layers) {
        const help = `it has ${step.layers} layers that can run again`;
        return refuse(invocation, EXIT.usage, `graph: ${again} layers cannot run again`, help);
      }
      terminal.say(`a step of training: ${step.of}\n`);
      start = step.running(again ?? step.again ?? 0).graph;
    }
    const format = options.json ? 'json' : (options.format as string);
    const text = await FORMATS[format]!(
      runPasses(start, options.after as string | undefined),
      options.depth as number | undefined,
    );
    if (typeof text !== 'string') return refuse(invocation, EXIT.missing, text.problem);
    const out = options.out as string | undefined;
    if (out === undefined) terminal.out(text.endsWith('\n') ? text : `${text}\n`);
    else {
      const problem = replaceFile(out, text);
      if (problem) return refuse(invocation, EXIT.missing, `cannot write \`${out}\`: ${problem}`);
    }
    return EXIT.fine;
  },
};
