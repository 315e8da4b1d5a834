/** `ditc report TARGET --out FILE.html`: one self-contained page about a model, a grid or a study. */
import { costDocument } from '../../compiler/cost/document.ts';
import { scalingOf } from '../../compiler/cost/scaling.ts';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { trainCost } from '../../compiler/cost/train-cost.ts';
import type { Scope } from '../../compiler/elaborate/symbol.ts';
import type { Grid } from '../../compiler/grid/grid.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { positionOf, type Span } from '../../dsl/span.ts';
import { planChecks } from '../../runtime/recipe/overridden-grid.ts';
import { type CommandModule, type Invocation, printJson, refuse } from '../command.ts';
import { openCostTargets } from '../cost-targets.ts';
import { trainPrograms } from '../cost-training.ts';
import { EXIT, type Exit } from '../exit.ts';
import { openGrid } from '../grid-target.ts';
import { collect } from '../instantiate-target.ts';
import { openSpecFile } from '../open-file.ts';
import { overridesOf } from '../open-recorded.ts';
import { createRows } from '../plan-row.ts';
import { movedBy } from '../plan-sheets.ts';
import { replaceFile } from '../replace-file.ts';
import { findingsOf } from '../report/grid-findings.ts';
import { type GridBase, gridPage } from '../report/grid-page.ts';
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
      .option('--set <path=value>', 'change a parameter of the model, or the base of the grid (repeatable)', collect),
  example: "ditc report 'specs/dit.dit#DiT-XL/2' --out dit-xl.html",
  run: async (invocation) => {
    const { args, options } = invocation;
    if (isStudy(args[0]!)) {
      if (options.set !== undefined)
        return refuse(invocation, EXIT.usage, `report: \`--set\` changes a model, and \`${args[0]}\` is a study`);
      const study = readStudy(args[0]!);
      if ('problem' in study) return refuse(invocation, EXIT.faults, study.problem);
      return write(pageOf(studyPage(study, `ditc report ${args[0]} --out ${options.out}`)), invocation);
    }
    const asked = parseTarget(args[0]!);
    if (asked.name !== undefined && (await isGrid(asked.file, asked.name)))
      return reportGrid(invocation, args[0]!, asked.name);
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
        command: `ditc report '${args[0]}'${setsOf(invocation)} --out ${out}`,
      }),
    );
    return write(page, invocation);
  },
};

const setsOf = ({ options }: Invocation): string =>
  ((options.set as readonly string[] | undefined) ?? []).map((set) => ` --set '${set}'`).join('');

/** Whether the name is that of a grid: presets come first, and what is wrong with a file is said by who opens it. */
async function isGrid(file: string, name: string): Promise<boolean> {
  const spec = await openSpecFile(file);
  return !('exit' in spec) && spec.entry.grids.has(name) && !spec.entry.presets.has(name);
}

async function reportGrid(invocation: Invocation, target: string, name: string): Promise<Exit> {
  const overrides = overridesOf(invocation);
  if ('exit' in overrides) return overrides.exit;
  const opened = await openGrid(target, invocation, overrides);
  if ('exit' in opened) return opened.exit;
  const { spec, grid } = opened;
  const plan = planGrid(spec, grid, planChecks(spec));
  const command = `ditc report '${target}'${setsOf(invocation)} --out ${invocation.options.out}`;
  const findings = findingsOf(plan, createRows(grid));
  return write(pageOf(gridPage(name, baseOf(grid), findings, command)), invocation);
}

/** What the grid is of, with the texts of its own declaration, its recipe and its preset, wherever they stand. */
function baseOf(grid: Grid): GridBase {
  const { symbol, recipe } = grid;
  const { decl, scope } = symbol;
  const textOf = ({ file: { source } }: Scope, { start, end }: Span): string => source.text.slice(start, end);
  const declared = [
    { scope, decl },
    decl.with && scope.recipes.get(decl.with.text),
    decl.of.ofPreset ? scope.presets.get(decl.of.of.text) : undefined,
  ].filter((each) => each !== undefined);
  return {
    of: textOf(scope, decl.of.span),
    recipe: recipe?.name,
    doc: decl.doc,
    moved: movedBy(grid),
    declarations: declared.map((each) => {
      const { source } = each.scope.file;
      const { line } = positionOf(source, each.decl.span.start);
      return { at: `${source.path}:${line}`, text: textOf(each.scope, each.decl.span) };
    }),
  };
}

function write(page: string, invocation: Invocation): Exit {
  const { options, terminal } = invocation;
  const out = options.out as string;
  const problem = replaceFile(out, page);
  if (problem) return refuse(invocation, EXIT.missing, `cannot write \`${out}\`: ${problem}`);
  if (options.json) printJson(terminal, { ok: true, out, bytes: Buffer.byteLength(page) });
  else terminal.say(`${out}: ${(Buffer.byteLength(page) / 1024).toFixed(0)} KiB\n`);
  return EXIT.fine;
}
