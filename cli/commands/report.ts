/** `ditc report TARGET --out FILE.html`: one self-contained page about a model, a grid or a study. */
import { costDocument } from '../../compiler/cost/document.ts';
import { scalingOf } from '../../compiler/cost/scaling.ts';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { trainCost } from '../../compiler/cost/train-cost.ts';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { type Outcome, planGrid } from '../../compiler/grid/plan.ts';
import { type CommandModule, type Invocation, printJson, refuse } from '../command.ts';
import { openCostTargets } from '../cost-targets.ts';
import { trainPrograms } from '../cost-training.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
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
    const targets = await openCostTargets([args[0]!], invocation);
    if ('exit' in targets) return targets.exit;
    const [opened, another] = targets;
    if (another !== undefined) {
      const help = `name one: ${targets
        .slice(0, 3)
        .map((each) => `\`${args[0]}#${each.name}\``)
        .join(', ')} …`;
      return refuse(invocation, EXIT.usage, `report: \`${args[0]}\` has several models`, help);
    }
    const { spec, model, name, expected, changed } = opened!;
    const target = targetCost(name, model);
    const scaling = scalingOf(model, (side) => changed({ path: 'side', value: String(side) }));
    const programs = await trainPrograms(spec, model, undefined);
    const train = 'problem' in programs ? undefined : trainCost(programs, target.work.macs);
    const sets = ((options.set as readonly string[] | undefined) ?? []).map((set) => ` --set ${set}`).join('');
    const cost = { targets: [costDocument({ target, expected, scaling, train })] };
    const out = options.out as string;
    const doc = spec.entry.presets.get(name)?.decl.doc;
    const page = pageOf(
      modelPage({
        target,
        model,
        doc: doc ?? model.symbol.scope.file.doc,
        expected,
        scaling,
        train,
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
