/** `ditc weights show|convert FILE…`: what is in files of weights, what a model would take of them, and other formats of them. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import { bindShape } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { convertWeights, FLOAT_DTYPES } from '../../runtime/weights/convert.ts';
import { isComplete, type Matching, matchWeights, type Needed } from '../../runtime/weights/match.ts';
import { matchingLines } from '../../runtime/weights/match-report.ts';
import { type Problem, showName } from '../../runtime/weights/problem.ts';
import type { Renaming } from '../../runtime/weights/renaming.ts';
import { cellsOf, HEADINGS, type MeasuredRow, measuredRows, rowsOf } from '../../runtime/weights/show.ts';
import type { TensorFile } from '../../runtime/weights/tensor-file.ts';
import { isTorch, openWeights } from '../../runtime/weights/weights-file.ts';
import { type CommandModule, type Invocation, printJson, refuse } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect, instantiateTarget } from '../instantiate-target.ts';
import { alignRows } from '../table.ts';

const exitOf = ({ kind }: Problem): Exit =>
  kind === 'missing' || kind === 'system' || kind === 'space' ? EXIT.missing : EXIT.faults;

function refuseProblem({ file, tensor, message, remedy, kind }: Problem, invocation: Invocation): Exit {
  const about = tensor === undefined ? '' : `tensor ${showName(tensor)}: `;
  return refuse(invocation, exitOf({ file, message, remedy, kind }), `${file}: ${about}${message}`, remedy);
}

/** Collects `FROM=TO`. */
function collectRename(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [from, to, ...more] = text.split('=');
  if (!from || to === undefined || more.length > 0) throw new InvalidArgumentError('it must have the form FROM=TO');
  return new Map([...before, [from, to]]);
}

const renamingOf = ({ options }: Invocation): Renaming => ({
  strip: options.strip as readonly string[] | undefined,
  rename: options.rename as ReadonlyMap<string, string> | undefined,
});

/** The weights of a model: those of its two graphs. */
async function neededBy(target: string, invocation: Invocation): Promise<readonly Needed[] | { readonly exit: Exit }> {
  const opened = await instantiateTarget(target, invocation);
  if ('exit' in opened) return opened;
  const { inference, training } = opened.model;
  const all = new Map<string, Needed>();
  for (const { path, weight } of [...weightsOf(inference), ...weightsOf(training)]) {
    all.set(path, { path, shape: bindShape(weight.type.shape, 1), trained: weight.trained });
  }
  return [...all.values()];
}

const matchingJson = ({ matched, ...rest }: Matching) => ({ ...rest, matched: Object.fromEntries(matched) });

interface Shown {
  readonly file: TensorFile;
  readonly rows: readonly MeasuredRow[];
  readonly matching?: Matching;
}

function documentOf({ file, rows, matching }: Shown): unknown {
  const tensors = rows.map(({ statistics, problem, ...row }) => ({
    ...row,
    ...statistics,
    ...(problem && { problem: problem.message }),
  }));
  const parts = isTorch(file) ? { part: file.part, parts: file.parts } : {};
  const metadata = Object.fromEntries(file.metadata);
  return {
    file: file.file,
    format: file.format,
    ...parts,
    metadata,
    tensors,
    ...(matching && { matching: matchingJson(matching) }),
  };
}

function textOf({ file, rows, matching }: Shown, needed: number): string {
  const numbers = rows.reduce((sum, { count }) => sum + count, 0);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const part =
    isTorch(file) && file.part !== '' ? `, part ${showName(file.part)} of ${file.parts.map(showName).join(', ')}` : '';
  const title = `${file.file}: ${rows.length} tensors, ${numbers} numbers, ${bytes} bytes${part}`;
  const table =
    matching === undefined ? alignRows([HEADINGS, ...rows.map(cellsOf)], '   >>>>') : matchingLines(matching, needed);
  return `${[title, ...table].join('\n')}\n`;
}

async function show(names: readonly string[], invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const against = options.against as string | undefined;
  const needed = against === undefined ? [] : await neededBy(against, invocation);
  if ('exit' in needed) return needed.exit;
  const documents: unknown[] = [];
  let complete = true;
  for (const name of names) {
    const opened = await openWeights(name, options.part as string | undefined);
    if (!opened.ok) return refuseProblem(opened.problem, invocation);
    const file = opened.value;
    const matching = against === undefined ? undefined : matchWeights(needed, file.tensors, renamingOf(invocation));
    if (matching !== undefined) complete &&= isComplete(matching);
    const rows = matching !== undefined || options.names ? rowsOf(file) : [...measuredRows(file)];
    file.close();
    if (options.json) documents.push(documentOf({ file, rows, matching }));
    else terminal.out(textOf({ file, rows, matching }, needed.length));
  }
  if (options.json) printJson(terminal, { files: documents });
  return complete ? EXIT.fine : EXIT.faults;
}

async function convert(names: readonly string[], invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const out = options.out as string | undefined;
  if (out === undefined || names.length !== 1) {
    return refuse(
      invocation,
      EXIT.usage,
      'convert takes one file and `--out FILE`',
      'for example `ditc weights convert a.pt --out a.safetensors`',
    );
  }
  const opened = await openWeights(names[0]!, options.part as string | undefined);
  if (!opened.ok) return refuseProblem(opened.problem, invocation);
  const floats = (options.dtype as string | undefined)?.toUpperCase() as (typeof FLOAT_DTYPES)[number] | undefined;
  const converted = await convertWeights(opened.value, out, { renaming: renamingOf(invocation), floats });
  opened.value.close();
  if (!converted.ok) return refuseProblem(converted.problem, invocation);
  const { tensors, bytes, sha256, outside } = converted.value;
  if (options.json) printJson(terminal, { file: out, tensors, bytes, sha256, outside });
  else
    terminal.say(
      `${out}: ${tensors} tensors, ${bytes} bytes${outside.length > 0 ? `, ${outside.length} left out` : ''}\n`,
    );
  return EXIT.fine;
}

export const weights: CommandModule = {
  describe: (command) =>
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['show', 'convert']))
      .argument('<file...>', 'safetensors files, or checkpoints of PyTorch (.pt, .pth)')
      .option('--against <target>', 'show what this model would find, miss and not know (FILE#NAME)')
      .option('--set <path=value>', 'change a parameter of that model (repeatable)', collect)
      .option('--part <name>', 'the dictionary of a checkpoint: ema, model, …')
      .option('--strip <prefix>', 'take a prefix off the names (repeatable)', collect)
      .option(
        '--rename <from=to>',
        'rename a tensor, or with a dot at the end all under it (repeatable)',
        collectRename,
      )
      .option('--names', 'show names and shapes without reading the numbers')
      .addOption(
        new Option('--dtype <dtype>', 'convert floats').choices(FLOAT_DTYPES.map((name) => name.toLowerCase())),
      )
      .option('--out <file>', 'where to convert to'),
  example:
    "ditc weights show DiT-XL-2-256x256.pt --against 'specs/dit.dit#DiT-XL/2'\nditc weights convert train.pt --part ema --dtype bf16 --out ema.safetensors",
  run: async (invocation) => {
    const [action, ...files] = invocation.args;
    return action === 'show' ? show(files, invocation) : convert(files, invocation);
  },
};
