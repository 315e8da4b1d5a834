/** `ditc forward TARGET`: one evaluation of a model on tensors from files, or its vector-Jacobian products. */
import { Option } from 'commander';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { showShape } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { everyValue } from '../../compiler/lower/every-value.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import { faultOf } from '../../runtime/engines/engine-error.ts';
import { fits } from '../../runtime/engines/footprint.ts';
import { initialise } from '../../runtime/weights/initialise.ts';
import { loadWeights } from '../../runtime/weights/load.ts';
import { type Result, succeed } from '../../runtime/weights/problem.ts';
import { entriesOf, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { chooseEngine } from '../engine-choice.ts';
import { EXIT, type Exit } from '../exit.ts';
import { type Fed, imagePorts, isImageShape, type Layout, type Port, readFeeds, toLayout } from '../forward-feeds.ts';
import { collect, instantiateTarget } from '../instantiate-target.ts';
import { refuseProblem } from '../refuse-problem.ts';
import { alignRows } from '../table.ts';

/** The tensors of a file for these ports; the file is closed again. */
async function feedsFrom(file: string, ports: readonly Port[], layout: Layout, batch?: number): Promise<Result<Fed>> {
  const opened = await openWeights(file);
  if (!opened.ok) return opened;
  try {
    return readFeeds(opened.value, ports, layout, batch);
  } finally {
    opened.value.close();
  }
}

async function weightsFor(
  graph: Graph,
  file: string | undefined,
  seed: number,
): Promise<Result<ReadonlyMap<string, HostTensor>>> {
  const wanted = weightsOf(graph);
  if (file === undefined) return succeed(initialise(wanted, seed));
  const opened = await openWeights(file);
  if (!opened.ok) return opened;
  try {
    const loaded = loadWeights(opened.value, wanted);
    return loaded.ok ? succeed(loaded.value.tensors) : loaded;
  } finally {
    opened.value.close();
  }
}

interface Work {
  readonly graph: Graph;
  readonly feeds: Record<string, HostTensor>;
  readonly batch: number;
  readonly ignored: readonly string[];
  /** the name of a result in the file that is written, and whether it is an image; none where it is not wanted */
  readonly place: (result: string) => { readonly name: string; readonly isImage: boolean } | undefined;
}

const outputShape = (graph: Graph, name: string) => {
  const result = graph.results.find((each) => each.name === name);
  return result === undefined ? undefined : graph.values[result.value]!.type.shape;
};
const isImageOutput = (graph: Graph, name: string): boolean => {
  const shape = outputShape(graph, name);
  return shape !== undefined && isImageShape(shape);
};

async function evaluation(model: Graph, inputs: string, all: boolean, layout: Layout): Promise<Result<Work>> {
  const fed = await feedsFrom(inputs, imagePorts(model), layout);
  if (!fed.ok) return fed;
  return succeed({
    graph: all ? everyValue(model) : runPasses(model),
    feeds: fed.value.tensors,
    batch: fed.value.batch ?? 1,
    ignored: fed.value.ignored,
    place: (name) => ({ name, isImage: isImageOutput(model, name) }),
  });
}

/** Cotangents come under the names of the outputs; gradients go out as `grad.NAME`. */
async function products(model: Graph, inputs: string, cotangents: string, layout: Layout): Promise<Result<Work>> {
  const ports = imagePorts(model);
  const fed = await feedsFrom(inputs, ports, layout);
  if (!fed.ok) return fed;
  const floats = model.results.flatMap(({ name, value }): Port[] => {
    const { type } = model.values[value]!;
    return name !== undefined && type.dtype === 'f32' ? [{ name, type, isImage: isImageShape(type.shape) }] : [];
  });
  const opened = await openWeights(cotangents);
  if (!opened.ok) return opened;
  const given = floats.filter(({ name }) => opened.value.tensors.has(name));
  // where none is there, reading all says which are wanted
  const read = readFeeds(opened.value, given.length > 0 ? given : floats, layout, fed.value.batch);
  opened.value.close();
  if (!read.ok) return read;
  const seeds = Object.entries(read.value.tensors).map(([name, tensor]) => [`cotangent.${name}`, tensor] as const);
  const wanted = ports.filter(({ type }) => type.dtype === 'f32').map(({ name }) => name);
  const paths = new Set(weightsOf(model).map(({ path }) => path));
  const images = new Set(ports.filter(({ isImage }) => isImage).map(({ name }) => name));
  return succeed({
    graph: runPasses(gradientGraph(model, { cotangents: given.map(({ name }) => name), inputs: wanted })),
    feeds: { ...fed.value.tensors, ...Object.fromEntries(seeds) },
    batch: fed.value.batch ?? read.value.batch ?? 1,
    ignored: [...fed.value.ignored, ...read.value.ignored],
    place(result) {
      const input = /^grad\.input\.(.*)$/.exec(result)?.[1];
      if (input === undefined || !wanted.includes(input))
        return { name: result, isImage: isImageOutput(model, result) };
      return { name: paths.has(input) ? result : `grad.${input}`, isImage: images.has(input) };
    },
  });
}

const rowOf = (name: string, { dtype, shape, data }: HostTensor): readonly string[] => {
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [name, `${dtype === 'f32' ? '' : dtype}${showShape(shape)}`, least.toPrecision(6), most.toPrecision(6)];
};

async function run(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const { inputs, out, weights, vjp, seed } = options as Record<'inputs' | 'out', string> & {
    weights?: string;
    vjp?: string;
    seed: number;
  };
  const layout = options.layout as Layout;
  if (options.all === true && vjp !== undefined) {
    return refuse(invocation, EXIT.usage, '`--all` and `--vjp` do not go together', 'run the command twice');
  }
  const opened = await instantiateTarget(args[0]!, invocation);
  if ('exit' in opened) return opened.exit;
  const model = opened.model.inference;
  const work =
    vjp === undefined
      ? await evaluation(model, inputs, options.all === true, layout)
      : await products(model, inputs, vjp, layout);
  if (!work.ok) return refuseProblem(work.problem, invocation);
  const { graph, feeds, batch, ignored, place } = work.value;
  const engine = await chooseEngine(invocation);
  if ('exit' in engine) return engine.exit;
  const program = forwardProgram(model.name, graph);
  const room = await fits(engine, program, batch);
  if (!room.ok) return refuseProblem(room.problem, invocation);
  const state = await weightsFor(graph, weights, seed);
  if (!state.ok) return refuseProblem(state.problem, invocation);
  if (ignored.length > 0) terminal.say(`ditc: nothing reads ${ignored.map((name) => `\`${name}\``).join(', ')}\n`);

  let results: Record<string, HostTensor>;
  try {
    const session = await engine.load(program, state.value, { batch });
    results = await session.run(feeds);
    await session.dispose();
  } catch (error) {
    // other kinds of errors are bugs
    if (!(error instanceof Error) || error.constructor !== Error) throw error;
    return refuse(invocation, EXIT[faultOf(error) ?? 'faults'], error.message);
  }
  const found = Object.entries(results).flatMap(([result, tensor]): (readonly [string, HostTensor])[] => {
    const to = place(result);
    return to === undefined ? [] : [[to.name, toLayout(tensor, to.isImage, layout)]];
  });
  const written = await writeSafetensors(out, entriesOf(found));
  if (!written.ok) return refuseProblem(written.problem, invocation);
  if (options.json === true) {
    const tensors = found.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    printJson(terminal, { ok: true, engine: engine.name, batch, out, tensors });
  } else {
    const rows = found.map(([name, tensor]) => rowOf(name, tensor));
    terminal.out(`${alignRows([['name', 'shape', 'least', 'largest'], ...rows], '<<>>').join('\n')}\n`);
  }
  return EXIT.fine;
}

export const forward: CommandModule = {
  describe: (command) =>
    command
      .argument('<target>', 'FILE#NAME, a preset or model')
      .requiredOption('--inputs <file>', 'tensors under the names of the inputs, a .safetensors')
      .requiredOption('--out <file>', 'what comes out, under the names of the outputs, a .safetensors')
      .option('--weights <file>', 'weights of the model; without them its initial values')
      .option('--seed <n>', 'of the initial values', wholeNumber, 0)
      .option('--all', 'also every value on the way, under the path of its call or its name in the block')
      .option('--vjp <file>', 'cotangents under the names of the outputs: `grad.NAME` of weights and inputs come out')
      .addOption(
        new Option('--layout <layout>', 'of images in the files: as here, or as in PyTorch')
          .choices(['nhwc', 'nchw'])
          .default('nhwc'),
      )
      .option('--engine <name>', 'what to run on; see `ditc engines`')
      .option('--force', 'even where memory will not do')
      .option('--set <path=value>', 'change a parameter of the model (repeatable)', collect),
  example:
    'ditc forward "specs/dit.dit#DiT-S/2" --inputs in.safetensors --weights DiT-S-2.pt --layout nchw --out out.safetensors',
  run,
};
