/** `ditc diff A B`: two models side by side, what they have in common left out. */
import { Option } from 'commander';
import { showDifference } from '../../compiler/check/quantity.ts';
import { type Change, type CostChange, type Difference, difference } from '../../compiler/cost/difference.ts';
import { type CommandModule, printJson, refuse } from '../command.ts';
import { openCostTargets } from '../cost-targets.ts';
import { EXIT } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
import {
  type Cell,
  count,
  FORMATS,
  gigas,
  quantity,
  type Sheet,
  type SheetFormat,
  showSheets,
  words,
} from '../sheet.ts';

const changed = (a: number, b: number): Cell => (a === b ? words('equal') : { text: showDifference(b, a), raw: b - a });

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

function totals({ before, after }: Difference): Sheet {
  const row = (name: string, a: number, b: number, show: (value: number) => Cell): Cell[] => [
    words(name),
    show(a),
    show(b),
    changed(a, b),
  ];
  return {
    columns: ['', before.name, after.name, 'difference'],
    rows: [
      row('MACs', before.work.macs, after.work.macs, gigas),
      row('FLOPs', before.work.flops, after.work.flops, gigas),
      row('trained', before.params.trainable, after.params.trainable, (value) => quantity(value, 5)),
      row('frozen', before.params.frozen, after.params.frozen, (value) => quantity(value, 5)),
      row('tokens', before.tokens, after.tokens, count),
      row('activation bytes', before.activationBytes, after.activationBytes, quantity),
    ],
  };
}

const text = (value: string | undefined): readonly Cell[] => [words(value ?? '-')];
const number = (value: number | undefined): readonly Cell[] => [value === undefined ? words('-') : count(value)];

function costSheet(
  what: string,
  list: readonly Change<CostChange>[],
  [a, b]: readonly [string, string],
): readonly Sheet[] {
  const none = { macs: 0, flops: 0, params: 0 };
  const unequal = list.filter(
    ({ before = none, after = none }) => before.macs !== after.macs || before.params !== after.params,
  );
  if (unequal.length === 0) return [];
  return [
    {
      title: `cost by ${what}, where it differs`,
      columns: [what, `MACs ${a}`, `MACs ${b}`, 'difference', `params ${a}`, `params ${b}`, 'difference'],
      rows: unequal.map(({ name, before = none, after = none }) => [
        words(name),
        quantity(before.macs),
        quantity(after.macs),
        changed(before.macs, after.macs),
        quantity(before.params),
        quantity(after.params),
        changed(before.params, after.params),
      ]),
    },
  ];
}

function sheetsOf(found: Difference): readonly Sheet[] {
  const names = [found.before.name, found.after.name] as const;
  return [
    totals(found),
    ...sheetOf('parameters', found.settings, ['', ...names], text),
    ...sheetOf('inputs and outputs', found.ports, ['', ...names], text),
    ...sheetOf('distinct graphs of each block', found.blocks, ['block', ...names], number),
    ...sheetOf('weights', found.weights, ['path', ...names], text),
    ...costSheet('role', found.roles, names),
    ...costSheet('module', found.modules, names),
  ];
}

function documentOf({ before, after, ...rest }: Difference) {
  const side = ({ name, work, params, tokens, activationBytes, weightBytes }: Difference['before']) => ({
    name,
    macs: work.macs,
    flops: work.flops,
    params,
    tokens,
    activation_bytes: activationBytes,
    weight_bytes: weightBytes,
  });
  return { before: side(before), after: side(after), ...rest };
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
    const sides = [];
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
    const found = difference(sides[0]!, sides[1]!);
    if (options.json) printJson(terminal, documentOf(found));
    else terminal.out(showSheets(sheetsOf(found), format, terminal.color.out));
    return EXIT.fine;
  },
};
