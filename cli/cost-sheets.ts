/** The tables of `ditc cost` about a forward pass. */
import { showDifference } from '../compiler/check/quantity.ts';
import { underCommonPaths } from '../compiler/cost/common-paths.ts';
import type { FactName } from '../compiler/cost/facts.ts';
import { type CostFigures, costByRole, groupRows, type ModuleCost } from '../compiler/cost/module.ts';
import { type TargetCost, workByScope } from '../compiler/cost/target-cost.ts';
import { bytes, type Cell, count, gigas, percent, quantity, type Sheet, words } from './sheet.ts';

export const BY = ['module', 'op', 'role'] as const;
export type By = (typeof BY)[number];

export interface Shown {
  readonly target: TargetCost;
  readonly expected: Readonly<Partial<Record<FactName, number>>>;
}

/** What is said of one model before its tables. */
export function headLines({ target, expected }: Shown): readonly string[] {
  const { params, work, weightBytes, activationBytes, tokens } = target;
  const ports = (list: TargetCost['inputs']): string => list.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const moved = work.read + work.written;
  const intensity = moved > 0 ? `, ${quantity(work.flops / moved, 3).text} FLOPs a byte` : '';
  const scope = scopeText(target);
  return [
    `${target.name}: ${ports(target.inputs)} -> ${ports(target.outputs)}`,
    `one sample, one forward pass: ${gigas(work.macs).text} MACs, ${gigas(work.flops).text} FLOPs${tokens > 0 ? `, ${tokens} tokens` : ''}`,
    `${quantity(params.total, 5).text} parameters: ${quantity(params.trainable, 5).text} trained, ${quantity(params.frozen, 5).text} frozen; ${bytes(weightBytes).text} of weights`,
    `${bytes(activationBytes).text} of activations at the peak; ${bytes(moved).text} read and written${intensity}`,
    ...(scope === undefined ? [] : [`of the MACs ${scope}`]),
    ...expectations(target, expected),
  ];
}

/** Of what a preset says of itself, in the order of the text. */
function expectations(target: TargetCost, expected: Shown['expected']): readonly string[] {
  const given = Object.entries(expected) as [FactName, number][];
  if (given.length === 0) return [];
  const list = given.map(
    ([fact, value]) => `${fact} ${shownFact(fact, value)}, here ${showDifference(factOf(target, fact), value)}`,
  );
  return [`expected: ${list.join('; ')}`];
}

const shownFact = (fact: FactName, value: number): string =>
  fact === 'macs' || fact === 'flops' ? gigas(value).text : quantity(value, 5).text;

function factOf({ work, params, tokens, weightBytes, activationBytes }: TargetCost, fact: FactName): number {
  const facts: Readonly<Record<FactName, number>> = {
    macs: work.macs,
    flops: work.flops,
    params: params.trainable,
    frozen: params.frozen,
    tokens,
    weight_bytes: weightBytes,
    activation_bytes: activationBytes,
  };
  return facts[fact];
}

/** Which shares of the MACs grow with what; nothing where there are none. A model without tokens has positions. */
export function scopeText(target: TargetCost): string | undefined {
  const { macs } = target.work;
  if (macs === 0) return undefined;
  const { attention, perToken, perSample } = workByScope(target);
  const share = (part: number): string => percent(part / macs).text;
  return [
    ...(attention > 0 ? [`${share(attention)} are attention scores (grow with tokens squared)`] : []),
    `${share(perToken)} ${target.tokens > 0 ? 'grow with tokens' : 'are spent at every position'}`,
    `${share(perSample)} are once a sample`,
  ].join(', ');
}

/** Targets below each other, with what their presets expect beside: what papers print. */
export function comparisonSheet(shown: readonly Shown[]): Sheet {
  const printed = (fact: FactName): boolean => shown.some(({ expected }) => expected[fact] !== undefined);
  const facts: readonly [string, (target: TargetCost) => Cell, ((expected: Shown['expected']) => Cell) | undefined][] =
    [
      ['MACs', ({ work }) => gigas(work.macs), printed('macs') ? ({ macs }) => gigas(macs) : undefined],
      ['FLOPs', ({ work }) => gigas(work.flops), printed('flops') ? ({ flops }) => gigas(flops) : undefined],
      [
        'params',
        ({ params }) => quantity(params.trainable),
        printed('params') ? ({ params }) => quantity(params) : undefined,
      ],
    ];
  return {
    columns: [
      'target',
      'tokens',
      ...facts.flatMap(([name, , expected]) => (expected === undefined ? [name] : [name, 'expected'])),
      'frozen',
      'activations',
      'attention',
    ],
    fields: [
      'target',
      'tokens',
      ...facts.flatMap(([name, , expected]) => {
        const field = name.toLowerCase();
        return expected === undefined ? [field] : [field, `${field}_expected`];
      }),
      'frozen',
      'activation_bytes',
      'attention_share',
    ],
    rows: shown.map(({ target, expected }) => [
      words(target.name),
      count(target.tokens),
      ...facts.flatMap(([, given, wanted]) =>
        wanted === undefined ? [given(target)] : [given(target), wanted(expected)],
      ),
      quantity(target.params.frozen),
      bytes(target.activationBytes),
      percent(workByScope(target).attention / target.work.macs),
    ]),
  };
}

const FIGURES = ['MACs', '%', 'FLOPs', 'params', 'bytes moved', 'FLOPs/byte'];
const fieldsOf = ({ macs }: Work): readonly string[] => [
  'macs',
  macs > 0 ? 'macs_share' : 'flops_share',
  'flops',
  'params',
  'bytes',
  'flops_per_byte',
];

type Work = Pick<CostFigures, 'macs' | 'flops'>;

/** Of the MACs, or of the FLOPs of a model that has no MACs; 0 of nothing. */
export const shareOf = (part: Work, whole: Work): number =>
  whole.macs > 0 ? part.macs / whole.macs : whole.flops > 0 ? part.flops / whole.flops : 0;
export const shareName = ({ macs }: Work): string => (macs > 0 ? '% of MACs' : '% of FLOPs');

function figures(each: CostFigures, total: TargetCost['work']): readonly Cell[] {
  const moved = each.read + each.written;
  const share = total.flops > 0 ? shareOf(each, total) : Number.NaN;
  return [
    quantity(each.macs),
    percent(share),
    quantity(each.flops),
    quantity(each.trained + each.frozen),
    bytes(moved),
    moved > 0 ? quantity(each.flops / moved, 3) : words(''),
  ];
}

/** `depth` levels below the model are shown. */
export function moduleSheet(target: TargetCost, depth: number): Sheet {
  const rows: Cell[][] = [];
  const visit = (module: ModuleCost, level: number): void => {
    const name = level === 0 ? target.name : module.name;
    const block = `${module.block ?? ''}${module.times > 1 ? ` × ${module.times}` : ''}`;
    rows.push([
      { text: '  '.repeat(level) + name, raw: level === 0 ? '' : module.path },
      words(level === 0 ? target.graph.name : block),
      ...figures(module, target.work),
    ]);
    if (level < depth) for (const child of module.children) visit(child, level + 1);
  };
  visit(target.root, 0);
  return { columns: ['module', 'block', ...FIGURES], fields: ['module', 'block', ...fieldsOf(target.work)], rows };
}

export function opSheet(target: TargetCost): Sheet {
  const groups = [...groupRows(target.rows, ({ op }) => op)].filter(([op]) => op !== 'param' && op !== 'frozen');
  const moved = ({ read, written }: CostFigures): number => read + written;
  const rows = groups
    .sort(([, a], [, b]) => b.flops - a.flops || moved(b) - moved(a))
    .map(([op, group]) => [
      words(op),
      count(group.count),
      quantity(group.macs),
      quantity(group.flops),
      percent(group.flops / target.work.flops),
      bytes(moved(group)),
      moved(group) > 0 ? quantity(group.flops / moved(group), 3) : words(''),
    ]);
  return {
    columns: ['op', 'runs', 'MACs', 'FLOPs', '%', 'bytes moved', 'FLOPs/byte'],
    fields: ['op', 'runs', 'macs', 'flops', 'flops_share', 'bytes', 'flops_per_byte'],
    rows,
  };
}

export function roleSheet(target: TargetCost): Sheet {
  const rows = costByRole(target.rows).map(({ role, ...group }) => [words(role), ...figures(group, target.work)]);
  return { columns: ['role', ...FIGURES], fields: ['role', ...fieldsOf(target.work)], rows };
}

/** Several targets beside each other: the MACs of each part, the FLOPs of each op and of models that have no MACs. */
export function besideSheet(shown: readonly Shown[], by: By, depth: number): Sheet {
  const figure = by === 'op' || shown.every(({ target }) => target.work.macs === 0) ? 'flops' : 'macs';
  const parts = underCommonPaths(
    shown.map(({ target }) => partsOf(target, by, depth, figure)),
    (a, b) => a + b,
  );
  const keys = [...new Set(parts.flatMap((each) => [...each.keys()]))];
  return {
    columns: [by, ...shown.flatMap(({ target }) => [target.name, '%'])],
    fields: [by, ...shown.flatMap(({ target: { name } }) => [`${figure} ${name}`, `${figure}_share ${name}`])],
    rows: keys.map((key) => [
      words(key),
      ...parts.flatMap((each, at): Cell[] => {
        const value = each.get(key);
        if (value === undefined) return [words(''), words('')];
        return [quantity(value), percent(value / shown[at]!.target.work[figure])];
      }),
    ]),
    notes: [`${figure === 'flops' ? 'FLOPs' : 'MACs'} of each ${by === 'op' ? 'op' : 'part'}`],
  };
}

function partsOf(
  target: TargetCost,
  by: By,
  depth: number,
  figure: 'macs' | 'flops',
): readonly (readonly [string, number])[] {
  if (by === 'role') return costByRole(target.rows).map(({ role, [figure]: value }) => [role, value]);
  if (by === 'op')
    return [...groupRows(target.rows, ({ op }) => op)]
      .filter(([, { flops }]) => flops > 0)
      .map(([op, { flops }]) => [op, flops]);
  const parts: [string, number][] = [];
  const visit = (module: ModuleCost, level: number): void => {
    if (level > 0) parts.push([module.path, module[figure]]);
    if (level < depth) for (const child of module.children) visit(child, level + 1);
  };
  visit(target.root, 0);
  return parts;
}
