/** `ditc emit TARGET --to FORM`: a model with its weights as files that other tools open. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import { planLayers } from '../../runtime/layers/layer-plan.ts';
import { type Written, writeWhole } from '../../runtime/weights/file-writer.ts';
import { initialise } from '../../runtime/weights/initialise.ts';
import { loadWeights } from '../../runtime/weights/load.ts';
import { type Result, succeed } from '../../runtime/weights/problem.ts';
import { entriesOf, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { type Parts, type Renewed, renew } from '../emitted-files.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect, instantiateTarget } from '../instantiate-target.ts';
import { packageRoot } from '../package-root.ts';
import { refuseProblem } from '../refuse-problem.ts';

type Weights = ReadonlyMap<string, HostTensor>;
type Stopped = { readonly exit: Exit };

interface Emission {
  readonly model: ModelInstance;
  readonly graph: Graph;
  readonly weights: Weights;
  readonly folder: string;
  /** what files say of themselves */
  readonly metadata: Readonly<Record<string, string>>;
  readonly invocation: Invocation;
}

/** A file of the folder, and how it is written. */
type FileToWrite = readonly [name: string, write: (file: string) => Promise<Result<Written>>];

/** By the part that they belong to, of which an emission writes all there is. */
type FilesToWrite = ReadonlyMap<string, readonly FileToWrite[]>;

interface Emitted {
  readonly files: readonly (Written & { readonly file: string })[];
  readonly parts: Parts;
}

function makeFolder(folder: string, invocation: Invocation): Stopped | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a part of its path is a file' : `the system says ${code}`;
    return { exit: refuse(invocation, EXIT.missing, `cannot make the folder \`${folder}\`: ${why}`) };
  }
}

/** Writes files of the folder one after the other, until one cannot be. */
async function writeAll({ folder, invocation }: Emission, all: FilesToWrite): Promise<Emitted | Stopped> {
  const files: (Written & { file: string })[] = [];
  const parts: Record<string, Record<string, string>> = {};
  for (const [part, list] of all) {
    parts[part] = {};
    for (const [name, write] of list) {
      const file = path.join(folder, name);
      const stopped = makeFolder(path.dirname(file), invocation);
      if (stopped !== undefined) return stopped;
      const made = await write(file);
      if (!made.ok) return { exit: refuseProblem(made.problem, invocation) };
      files.push({ file, ...made.value });
      parts[part][name] = made.value.sha256;
    }
  }
  return { files, parts };
}

async function onnx(emission: Emission): Promise<FilesToWrite | Stopped> {
  const { model, graph, weights, metadata, invocation } = emission;
  const { exportOnnx } = await import('../../compiler/lower/onnx/export.ts');
  const batch = (invocation.options.batch as number | undefined) ?? 'dynamic';
  const made = await exportOnnx(forwardProgram(model.symbol.decl.name.text, graph), weights, { batch, metadata });
  if ('problem' in made) return { exit: refuse(invocation, EXIT.faults, made.problem, made.help) };
  const chunks = (parts: readonly Uint8Array[]) => (file: string) => writeWhole(file, parts.map(succeed));
  // the data first: a model is never there without it
  const data: FileToWrite[] = made.data === undefined ? [] : [[made.data.name, chunks(made.data.parts)]];
  return new Map([['onnx', [...data, ['model.onnx', chunks([made.model])]]]]);
}

async function safetensors({ weights, metadata }: Emission): Promise<FilesToWrite> {
  const write: FileToWrite[1] = (file) => writeSafetensors(file, entriesOf(weights), Object.entries(metadata));
  return new Map([['safetensors', [['model.safetensors', write]]]]);
}

/** A file that is written beside every module as it is. */
const supportText = (name: string): string =>
  readFileSync(path.join(packageRoot, 'compiler/lower/typescript/support', name), 'utf8');

const textFile = (name: string, text: string): FileToWrite => [
  name,
  (file) => writeWhole(file, [succeed(Buffer.from(text))]),
];

async function moduleFiles({ model, graph }: Emission) {
  const { emitModule } = await import('../../compiler/lower/typescript/module.ts');
  const plan = planLayers(graph);
  const files = emitModule(graph, { target: model.target, plan, support: supportText });
  return { plan, files: [...files].map(([name, text]) => textFile(name, text)) };
}

async function typescript(emission: Emission): Promise<FilesToWrite> {
  const { files } = await moduleFiles(emission);
  return new Map([['typescript', files]]);
}

/** The module, and what `tf.loadLayersModel` loads with its layers. */
async function layers(emission: Emission): Promise<FilesToWrite> {
  const { plan, files } = await moduleFiles(emission);
  const { saveModel } = await import('../../compiler/lower/typescript/model-json.ts');
  const { json, shards } = saveModel(emission.graph.name, plan, emission.weights);
  const bytes = [...shards].map(([name, parts]): FileToWrite => [name, (file) => writeWhole(file, parts.map(succeed))]);
  // the weights first: a model is never there without them
  return new Map([
    ['typescript', files],
    ['layers', [...bytes, textFile('model.json', json)]],
  ]);
}

interface Form {
  readonly files: (emission: Emission) => Promise<FilesToWrite | Stopped>;
  /** whether weights are in what is written */
  readonly weights: boolean;
}

const FORMS: Readonly<Record<string, Form>> = {
  onnx: { files: onnx, weights: true },
  safetensors: { files: safetensors, weights: true },
  typescript: { files: typescript, weights: false },
  layers: { files: layers, weights: true },
};

async function weightsFor(graph: Graph, invocation: Invocation): Promise<Weights | Stopped> {
  const { options } = invocation;
  const name = options.weights as string | undefined;
  if (name === undefined) return initialise(weightsOf(graph), options.seed as number);
  const opened = await openWeights(name, options.part as string | undefined);
  if (!opened.ok) return { exit: refuseProblem(opened.problem, invocation) };
  const loaded = loadWeights(opened.value, weightsOf(graph));
  opened.value.close();
  return loaded.ok ? loaded.value.tensors : { exit: refuseProblem(loaded.problem, invocation) };
}

const notesOf = ({ removed, changed, foreign }: Renewed): readonly string[] => [
  ...removed.map((file) => `${file}: removed, an earlier emission wrote it and this one did not`),
  ...changed.map(
    (file) => `${file}: left, an earlier emission wrote it and this one did not, but it was changed since`,
  ),
  ...(foreign === undefined ? [] : [`${foreign}: not of ditc, so files of earlier emissions were not looked for`]),
];

function batchSize(text: string): number {
  const batch = wholeNumber(text);
  if (batch < 1) throw new InvalidArgumentError('it must be 1 or more');
  return batch;
}

export const emit: CommandModule = {
  describe: (command) =>
    command
      .argument('<target>', 'FILE, FILE#NAME (a preset or model; quote it) or `-`')
      .addOption(new Option('--to <form>', 'what to write').choices(Object.keys(FORMS)).makeOptionMandatory())
      .requiredOption('--out <folder>', 'where to; made if it is not there')
      .option(
        '--weights <file>',
        'a safetensors file or a checkpoint of PyTorch; the initial values unless said; not in typescript',
      )
      .option('--part <name>', 'the dictionary of a checkpoint: ema, model, …')
      .option('--seed <n>', 'of the initial values', wholeNumber, 0)
      .option('--batch <n>', 'onnx: for this batch alone; for every batch unless said', batchSize)
      .option('--training', 'the graph for training instead of the one for inference')
      .option('--set <path=value>', 'change a parameter of the model (repeatable)', collect),
  example: "ditc emit 'specs/dit.dit#DiT-S/2' --to onnx --weights dit-s.safetensors --out dit-s",
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const target = await instantiateTarget(args[0]!, invocation);
    if ('exit' in target) return target.exit;
    const { model } = target;
    const graph = runPasses(options.training ? model.training : model.inference);
    const form = FORMS[options.to as string]!;
    const weights = form.weights ? await weightsFor(graph, invocation) : new Map<string, HostTensor>();
    if ('exit' in weights) return weights.exit;
    const folder = options.out as string;
    const stopped = makeFolder(folder, invocation);
    if (stopped !== undefined) return stopped.exit;
    const metadata = { spec: model.target, digest: digestOf(graph) };
    const emission = { model, graph, weights, folder, metadata, invocation };
    const files = await form.files(emission);
    if ('exit' in files) return files.exit;
    const emitted = await writeAll(emission, files);
    if ('exit' in emitted) return emitted.exit;
    const renewed = await renew(folder, emitted.parts);
    if (!renewed.ok) return refuseProblem(renewed.problem, invocation);
    const said = [...emitted.files.map(({ file, bytes }) => `${file}: ${bytes} bytes`), ...notesOf(renewed.value)];
    if (options.json) printJson(terminal, { ok: true, files: emitted.files, ...renewed.value });
    else terminal.say(said.map((line) => `${line}\n`).join(''));
    return EXIT.fine;
  },
};
