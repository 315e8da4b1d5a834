/** `ditc report TARGET --out FILE.html`: one self-contained page about a model, a grid or a study. */
import { costDocument } from '../../compiler/cost/document.ts';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { type Outcome, planGrid } from '../../compiler/grid/plan.ts';
import { type CommandModule, type Invocation, printJson, refuse } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect, instantiateTarget } from '../instantiate-target.ts';
import { openSpecFile } from '../open-file.ts';
import { replaceFile } from '../replace-file.ts';
import { gridPage } from '../report/grid-page.ts';
import { modelPage } from '../report/model-page.ts';
import { pageOf } from '../report/page.ts';
import { isStudy, readStudy } from '../report/study-data.ts';
import { studyPage } from '../report/study-page.ts';
import { parseTarget } from '../target.ts';

export const report: CommandModule = {
  describe: (command) =>
    command
      .argument('<target>', 'FILE#NAME (a preset, model or grid; quote it), or the folder of a study')
      .requiredOption('--out <file>', 'the page: one HTML file that needs no network')
      .option('--set <path=value>', 'change a parameter of the model (repeatable)', collect),
  example: "ditc report 'specs/dit.dit#DiT-XL/2' --out dit-xl.html",
  run: async (invocation) => {
    const { args, options } = invocation;
    if (isStudy(args[0]!)) {
      const study = readStudy(args[0]!);
      if ('problem' in study) return refuse(invocation, EXIT.faults, study.problem);
      return write(pageOf(studyPage(study, `ditc report ${args[0]} --out ${options.out}`)), invocation);
    }
    const asked = parseTarget(args[0]!);
    if (asked.name !== undefined) {
      const page = await gridOf(asked.file, asked.name, `ditc report '${args[0]}' --out ${options.out}`);
      if (page !== undefined) return write(page, invocation);
    }
    const opened = await instantiateTarget(args[0]!, invocation);
    if ('exit' in opened) return opened.exit;
    const { spec, model } = opened;
    const { name } = parseTarget(args[0]!);
    const target = targetCost(name ?? model.symbol.decl.name.text, model);
    const sets = ((options.set as readonly string[] | undefined) ?? []).map((set) => ` --set ${set}`).join('');
    const cost = { targets: [costDocument({ target })] };
    const out = options.out as string;
    const doc = name === undefined ? undefined : spec.entry.presets.get(name)?.decl.doc;
    const page = pageOf(
      modelPage({
        target,
        model,
        doc: doc ?? model.symbol.scope.file.doc,
        cost,
        command: `ditc report '${args[0]}'${sets} --out ${out}`,
      }),
    );
    return write(page, invocation);
  },
};

/** The page of a grid; none when the file has no sound grid of that name. */
async function gridOf(file: string, name: string, command: string): Promise<string | undefined> {
  const spec = await openSpecFile(file);
  const symbol = 'exit' in spec ? undefined : spec.entry.grids.get(name);
  if ('exit' in spec || symbol === undefined || spec.entry.presets.has(name)) return undefined;
  const { grid } = resolveGrid(spec, symbol);
  if (grid === undefined) return undefined;
  const outcomes: Outcome[] = [];
  for (const outcome of planGrid(spec, grid)) if (outcomes.push(outcome) >= MOST_OUTCOMES) break;
  return pageOf(gridPage(name, outcomes, command));
}

/** A page shows a part of a larger grid; `ditc grid plan` streams all of it. */
const MOST_OUTCOMES = 20_000;

function write(page: string, invocation: Invocation): Exit {
  const { options, terminal } = invocation;
  const out = options.out as string;
  const problem = replaceFile(out, page);
  if (problem) return refuse(invocation, EXIT.missing, `cannot write \`${out}\`: ${problem}`);
  if (options.json) printJson(terminal, { ok: true, out, bytes: Buffer.byteLength(page) });
  else terminal.say(`${out}: ${(Buffer.byteLength(page) / 1024).toFixed(0)} KiB\n`);
  return EXIT.fine;
}
