/** `ditc grid plan FILE#GRID`: every point of a grid with its name and cost, and what was rejected and why, before anything runs. */
import { setImmediate } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { showQuantity } from '../../compiler/check/quantity.ts';
import { createFilter, type Filter } from '../../compiler/grid/filter.ts';
import type { Grid } from '../../compiler/grid/grid.ts';
import { createLockWriter } from '../../compiler/grid/lock.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { planChecks } from '../../runtime/recipe/overridden-grid.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { openGrid } from '../grid-target.ts';
import { collect } from '../instantiate-target.ts';
import { expectLongRun } from '../long-run.ts';
import { overridesOf } from '../open-recorded.ts';
import {
  changesText,
  fileNames,
  type LockProblem,
  type LockReport,
  openLock,
  rejectedKey,
  settleLock,
} from '../plan-lock.ts';
import { createRejections } from '../plan-rejections.ts';
import { createRows, type PlanRow, rowJson, SORTS, sortValue } from '../plan-row.ts';
import { axesOf, createCsv, createSummary, pointSheet } from '../plan-sheets.ts';
import { versions } from '../progress.ts';
import { refuseDiagnostics } from '../say.ts';
import { FORMATS, type SheetFormat, showSheets } from '../sheet.ts';

/** Rows of a table for people, unless they ask for more. */
const MOST_ROWS = 200;
/** Points between two looks at whether somebody still reads, and lines of CSV written at once. */
const CHUNK = 256;
/** Combinations that take more than a moment. */
const MANY = 1000;

const describe = (command: Command): Command =>
  command
    .argument('<action>', '`plan`')
    .argument('<target>', 'FILE#GRID')
    .option('--lock <file>', 'compare with this lock file and say what changed and why; written when it is not there')
    .option('--update', 'accept what changed into the lock file')
    .option(
      '--set <path=value>',
      'change the base before the axes, or its recipe: recipe.steps=500; repeatable',
      collect,
    )
    .option('--where <condition>', "show only points that it holds for: 'macs < 6G and size.depth == 12'")
    .option('--sort <fact>', `${SORTS.join(', ')}; with \`-\` before it from the largest`)
    .option('--by <axis>', 'sum the points up over the values of an axis')
    .option('--limit <n>', `show at most so many points (a table: ${MOST_ROWS} unless said)`, wholeNumber)
    .option('--rejected', 'list every rejected combination with its reason')
    .addOption(new Option('--format <format>', 'how to write it').choices(FORMATS).default('table'));

export const grid: CommandModule = {
  describe,
  example: 'ditc grid plan specs/digits.dit#conditioning',
  run: async (invocation) => {
    const { args, options } = invocation;
    if (args[0] !== 'plan')
      return refuse(
        invocation,
        EXIT.usage,
        `\`ditc grid\` knows \`plan\`, not \`${args[0]}\``,
        'ditc grid plan FILE#GRID',
      );
    const sort = options.sort as string | undefined;
    if (sort !== undefined && !SORTS.includes(sort.replace(/^-/, '')))
      return refuse(invocation, EXIT.usage, `cannot sort by \`${sort}\``, `by ${SORTS.join(', ')}`);
    if (options.update === true && options.lock === undefined)
      return refuse(invocation, EXIT.usage, '`--update` needs a lock file', '--lock FILE --update');
    if (options.lock === '')
      return refuse(invocation, EXIT.usage, '`--lock` needs the name of a file', '--lock plan.lock');
    if (options.set !== undefined && options.lock !== undefined)
      return refuse(
        invocation,
        EXIT.usage,
        'a lock holds a grid as it is written',
        '`--set` is for looking: change the spec, `grid … of "BASE"(path: value)`',
      );
    return plan(invocation);
  },
};

async function plan(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const overrides = overridesOf(invocation);
  if ('exit' in overrides) return overrides.exit;
  const opened = await openGrid(args[1]!, invocation, overrides);
  if ('exit' in opened) return opened.exit;
  const { spec, grid } = opened;
  if (grid.size > MANY) expectLongRun();
  const axes = axesOf(grid);
  const unsortable = cannotSort(grid, axes, options.sort as string | undefined);
  if (unsortable !== undefined) return refuse(invocation, EXIT.usage, unsortable);
  const by = options.by as string | undefined;
  if (by !== undefined && !axes.includes(by))
    return refuse(invocation, EXIT.usage, `the grid has no axis \`${by}\``, `it has ${axes.join(', ')}`);
  const where = options.where as string | undefined;
  const filter = where === undefined ? undefined : createFilter(spec, grid, where);
  if (filter !== undefined && !('fits' in filter)) return refuseDiagnostics(filter, EXIT.usage, invocation);

  const json = options.json === true;
  const format = options.format as SheetFormat;
  const sort = options.sort as string | undefined;
  const rejections = createRejections(options.rejected === true || json);
  const summary = by === undefined ? undefined : createSummary(by);
  const lockFile = options.lock === undefined ? undefined : openLock(options.lock as string, grid.name);
  if (lockFile !== undefined && 'problem' in lockFile) return refuseLock(lockFile, invocation);
  const lock = lockFile === undefined ? undefined : createLockWriter(spec, grid, versions().ditc!, fileNames(spec));
  const rejected = new Map<string, string>();
  const setAxes = grid.groups.flatMap((group) => group.axes);
  const limit = (options.limit as number | undefined) ?? (format === 'csv' || json ? Infinity : MOST_ROWS);
  const csv = format === 'csv' && !json && summary === undefined && options.rejected !== true;
  const kept: { readonly row: PlanRow; readonly json?: ReturnType<typeof rowJson> }[] = [];
  const stream = createStream(grid, (text) => terminal.out(text));
  const rowOf = createRows(grid);
  /** `fitting`: those that `--where` holds for */
  const total: Total = { points: 0, fitting: 0 };

  for (const outcome of planGrid(spec, grid, planChecks(spec))) {
    if ((total.points + rejections.rejected) % CHUNK === 0) await setImmediate();
    if (outcome.kind === 'rejected') {
      rejections.reject(outcome);
      if (lock !== undefined) rejected.set(rejectedKey(outcome.set, setAxes), outcome.reason);
    } else if (outcome.kind === 'duplicate') rejections.duplicate(outcome);
    else {
      total.points++;
      lock?.add(outcome);
      if (filter?.fits(outcome) === false) continue;
      const row = rowOf(outcome);
      total.fitting++;
      for (const flops of ['train_flops', 'sample_flops'] as const)
        if (row[flops] !== undefined) total[flops] = (total[flops] ?? 0) + row[flops];
      summary?.add(row, outcome.set);
      if (csv && sort === undefined) {
        if (total.fitting <= limit) stream.add(row);
      } else if (summary === undefined || json) {
        if (sort !== undefined || kept.length < limit) kept.push({ row, ...(json && { json: rowJson(row, outcome) }) });
      }
    }
  }
  if (sort !== undefined) sortRows(kept, sort);
  const rows = kept.slice(0, limit);
  const locked = lock?.finish(rejections.rejected, rejections.duplicates);
  const report = locked && settleLock(lockFile!, locked, setAxes, rejected, options.update === true);
  if (report !== undefined && 'problem' in report) return refuseLock(report, invocation);
  const exit = total.points === 0 || report?.state === 'changed' ? EXIT.faults : EXIT.fine;
  if (json) {
    const all = rejections.all();
    printJson(terminal, {
      grid: grid.name,
      points: rows.map((row) => row.json),
      ...all,
      total: { ...total, shown: rows.length },
      ...(report && { lock: report }),
    });
    return exit;
  }
  const about = { total, report, unknown: filter?.unknown, noteOfRest: total.fitting - Math.min(limit, total.fitting) };
  if (csv) {
    for (const { row } of rows) stream.add(row);
    stream.end();
    terminal.say(`${notesOf(about, rejections).join('\n')}\n`);
    return exit;
  }
  const main =
    options.rejected === true
      ? rejections.sheet()
      : summary !== undefined
        ? format === 'csv'
          ? summary.csv()
          : summary.sheet()
        : pointSheet(
            grid,
            rows.map(({ row }) => row),
          );
  const notes = notesOf(about, options.rejected === true ? undefined : rejections);
  const beside = format === 'csv' ? terminal.say : terminal.out;
  const isEmpty = main.rows.length === 0 && main.notes === undefined && format !== 'csv';
  if (!isEmpty) terminal.out(showSheets([main], format, terminal.color.out));
  beside(`${isEmpty ? '' : '\n'}${notes.join(format === 'markdown' ? '\n\n' : '\n')}\n`);
  return exit;
}

/** Why no point has what they should be sorted by. */
function cannotSort({ matches, recipe }: Grid, axes: readonly string[], sort: string | undefined): string | undefined {
  const by = sort?.replace(/^-/, '');
  if (by === 'off' && matches.length === 0) return 'cannot sort by `off`: the grid matches nothing';
  const trains = recipe !== undefined || axes.some((axis) => axis.startsWith('recipe.'));
  if ((by === 'train_flops' || by === 'sample_flops') && !trains)
    return `cannot sort by \`${by}\`: the grid has no recipe that says how long`;
  return undefined;
}

const refuseLock = ({ problem, help, isMissing }: LockProblem, invocation: Invocation): Exit =>
  refuse(invocation, isMissing ? EXIT.missing : EXIT.faults, problem, help);

function sortRows(rows: { readonly row: PlanRow }[], by: string): void {
  const fact = by.replace(/^-/, '');
  const sign = by.startsWith('-') ? -1 : 1;
  rows.sort((a, b) => sign * (sortValue(a.row, fact) - sortValue(b.row, fact)) || a.row.index - b.row.index);
}

/** Lines of CSV as they come, the header once. */
function createStream(grid: Grid, write: (text: string) => void): { add(row: PlanRow): void; end(): void } {
  const { header, line } = createCsv(grid);
  let text = `${header}\n`;
  let lines = 0;
  const flush = (): void => {
    if (text !== '') write(text);
    text = '';
  };
  return {
    add(row) {
      text += `${line(row)}\n`;
      if (++lines % CHUNK === 0) flush();
    },
    end: flush,
  };
}

interface Total {
  points: number;
  fitting: number;
  /** absent where nothing says how long it takes */
  train_flops?: number;
  /** of one image of each point */
  sample_flops?: number;
}

interface About {
  readonly total: Readonly<Total>;
  readonly report: LockReport | undefined;
  readonly noteOfRest: number;
  readonly unknown: Filter['unknown'];
}

const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function notesOf(
  { total, report, noteOfRest, unknown }: About,
  rejections: ReturnType<typeof createRejections> | undefined,
): string[] {
  const { train_flops: train, sample_flops: image } = total;
  const all = total.fitting === total.points ? 'them all' : 'those shown';
  const estimate =
    train === undefined || image === undefined
      ? []
      : [
          `training ${all} takes about ${showQuantity(train, 3)} FLOPs, an image of each ${showQuantity(image, 3)}: an estimate, three forward passes a sample`,
        ];
  return [
    ...(noteOfRest > 0 ? [`and ${counted(noteOfRest, 'more point')}: \`--limit\` and \`--format csv\` show more`] : []),
    ...(rejections?.notes() ?? []),
    ...(unknown === undefined
      ? []
      : [`\`--where\` cannot be told of ${counted(unknown.times, 'point')}, not shown: ${unknown.reason}`]),
    [
      counted(total.points, 'point'),
      ...(total.fitting < total.points ? [`${total.fitting} shown`] : []),
      ...estimate,
    ].join('; '),
    ...lockNotes(report),
  ];
}

function lockNotes(report: LockReport | undefined): readonly string[] {
  if (report === undefined) return [];
  const { file, state, changes } = report;
  if (state === 'written') return [`${file}: written`];
  if (state === 'equal') return [`${file}: the plan is as locked`];
  const said = changes.length === 0 ? ['no point changed'] : changesText(changes);
  const ends = {
    updated: 'updated',
    renamed: 'the plan is as locked, but for names; `--update` writes them',
    changed: 'the plan is not as locked; `--update` accepts it',
  };
  return [...said, `${file}: ${ends[state]}`];
}
