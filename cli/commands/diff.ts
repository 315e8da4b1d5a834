/** `ditc diff A B`: two models side by side, what they have in common left out. */
import { Option } from 'commander';
import { showDifference } from '../../compiler/check/quantity.ts';
import type { BlockChange, StandingBlock } from '../../compiler/cost/block-changes.ts';
import { type CostChange, type Difference, difference } from '../../compiler/cost/difference.ts';
import type { Change } from '../../compiler/cost/weight-changes.ts';
import { positionOf } from '../../dsl/span.ts';
import { type CommandModule, printJson, refuse } from '../command.ts';
import { type CostTarget, headingsOf, openCostTargets } from '../cost-targets.ts';
import { EXIT } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
import {
  type Cell,
  count,
  FORMATS,
  gigas,
  printSheets,
  quantity,
  type Sheet,
  type SheetFormat,
  words,
} from '../sheet.ts';

const changed = (a: number, b: number): Cell =>
  a === b ? { text: 'equal', raw: '' } : { text: showDifference(b, a), raw: b - a };

function sheetOf<T>(
  title: string,
  list: readonly Change<T>[],
  columns: readonly string[],
  cells: (value: T | undefined) => readonly Cell[],
): readonly Sheet[] {
  if (list.length === 0) return [];
  return [
    { title, columns, rows: list.map(({ name, before, after }) => [words(name), ...cells(before), ...cells(after)]) },
  ];
}

function totals({ before, after, same }: Difference, names: Names): Sheet {
  const row = (name: string, a: number, b: number, show: (value: number) => Cell): Cell[] => [
    words(name),
    show(a),
    show(b),
    changed(a, b),
  ];
  return {
    columns: ['', ...names, 'difference'],
    fields: ['figure', ...names, 'difference'],
    rows: [
      row('MACs', before.work.macs, after.work.macs, gigas),
      row('FLOPs', before.work.flops, after.work.flops, gigas),
      row('trained', before.params.trainable, after.params.trainable, (value) => quantity(value, 5)),
      row('frozen', before.params.frozen, after.params.frozen, (value) => quantity(value, 5)),
      row('tokens', before.tokens, after.tokens, count),
      row('activation bytes', before.activationBytes, after.activationBytes, quantity),
    ],
    notes: same ? ['the same graph, of training too, and the same initial values'] : [],
  };
}

/** What the two are called. */
type Names = readonly [before: string, after: string];

const text = (value: string | undefined): readonly Cell[] => [words(value ?? '-')];

/** Where the block is defined, and those of its parameters that the other does not have. */
function standing(block: StandingBlock | undefined, other: StandingBlock | undefined): Cell {
  if (block === undefined) return words('-');
  const there = other?.name === block.name ? parametersIn(other.settings) : undefined;
  const own = there === undefined ? [] : parametersIn(block.settings).filter((each) => !there.includes(each));
  const { file, line } = placeOf(block);
  return words(
    `${block.name}${own.length > 0 ? ` {${own.join(', ')}}` : ''}${file === undefined ? '' : ` ${file}:${line}`}`,
  );
}

/** `heads: 6, size: Size(depth: 3, width: 48)` are two. */
const parametersIn = (settings: string): readonly string[] => settings.split(/, (?=\w+: )(?![^(]*\))/);

const placeOf = ({ place }: StandingBlock) =>
  place === undefined ? {} : { file: place.source.path, line: positionOf(place.source, place.span.start).line };

function blockSheet(list: readonly BlockChange[], names: Names): readonly Sheet[] {
  if (list.length === 0) return [];
  return [
    {
      title: 'blocks that compute something else',
      columns: ['module', ...names],
      rows: list.map(({ path, before, after }) => [
        words(path || WHOLE),
        standing(before, after),
        standing(after, before),
      ]),
    },
  ];
}

/** What stands in no module. */
const WHOLE = 'the model itself';

const MEASURES = [
  ['MACs', 'macs'],
  ['FLOPs', 'flops'],
  ['params', 'params'],
] as const;

/** Of MACs, FLOPs and parameters those that differ anywhere. */
function costSheet(what: string, list: readonly Change<CostChange>[], names: Names): readonly Sheet[] {
  const none = { macs: 0, flops: 0, params: 0 };
  const unequal = list.map(({ name, before = none, after = none }) => ({ name, before, after }));
  const measures = MEASURES.filter(([, field]) => unequal.some(({ before, after }) => before[field] !== after[field]));
  if (measures.length === 0) return [];
  return [
    {
      title: `cost by ${what}, where it differs`,
      columns: [what, ...measures.flatMap(([name]) => [...names.map((each) => `${name} ${each}`), 'difference'])],
      rows: unequal.map(({ name, before, after }) => [
        words(name || WHOLE),
        ...measures.flatMap(([, field]) => [
          quantity(before[field]),
          quantity(after[field]),
          changed(before[field], after[field]),
        ]),
      ]),
    },
  ];
}

function sheetsOf(found: Difference, names: Names): readonly Sheet[] {
  return [
    totals(found, names),
    ...sheetOf('parameters', found.settings, ['', ...names], text),
    ...sheetOf('inputs and outputs', found.ports, ['', ...names], text),
    ...blockSheet(found.changedBlocks, names),
    ...sheetOf('weights', found.weights, ['path', ...names], text),
    ...sheetOf('initial values', found.starts, ['path', ...names], text),
    ...costSheet('role', found.roles, names),
    ...costSheet('module', found.modules, names),
  ];
}

function documentOf({ before, after, starts, changedBlocks, ...rest }: Difference, files: Names) {
  const side = ({ name, work, params, tokens, activationBytes, weightBytes }: Difference['before'], file: string) => ({
    name,
    file,
    macs: work.macs,
    flops: work.flops,
    params,
    tokens,
    activation_bytes: activationBytes,
    weight_bytes: weightBytes,
  });
  const block = (one: StandingBlock | undefined) => one && { block: one.name, settings: one.settings, ...placeOf(one) };
  return {
    before: side(before, files[0]),
    after: side(after, files[1]),
    ...rest,
    initial_values: starts,
    changed_blocks: changedBlocks.map((each) => ({
      path: each.path,
      before: block(each.before),
      after: block(each.after),
    })),
  };
}

export const diff: CommandModule = {
  describe: (command) =>
    command
      .argument('<before>', 'FILE#NAME: a preset or model (quote it)')
      .argument('<after>', 'what it is compared with')
      .addOption(new Option('--format <format>', 'how to write tables').choices(FORMATS).default('table'))
      .option('--set <path=value>', 'change a parameter of both models (repeatable)', collect),
  example: "ditc diff 'specs/dit.dit#DiT-XL/2' 'specs/dit.dit#DiT-XL/2-adaLN'",
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const format = options.format as SheetFormat;
    const sides: CostTarget[] = [];
    for (const word of args) {
      const targets = await openCostTargets([word], invocation);
      if ('exit' in targets) return targets.exit;
      const [target] = targets;
      if (targets.length !== 1) {
        const names = targets.slice(0, 8).map(({ name }) => `\`${word}#${name}\``);
        const help = `it has ${names.join(', ')}${targets.length > 8 ? ' …' : ''}`;
        return refuse(invocation, EXIT.usage, `diff: \`${word}\` has several models`, help);
      }
      sides.push(target!);
    }
    const [before, after] = sides as [CostTarget, CostTarget];
    const found = difference(before, after);
    if (options.json) printJson(terminal, documentOf(found, [before.file, after.file]));
    else printSheets(sheetsOf(found, headingsOf([before, after]) as Names), format, terminal);
    return EXIT.fine;
  },
};
