/** The report of a grid before anything runs: its points side by side, what they cost, and what was rejected and why. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { type Axes, type Dot, keys, scatter } from './chart.ts';
import type { Findings, FoundPoint, Rejection } from './grid-findings.ts';
import { breakable, html, type Markup } from './html.ts';
import { type Column, figures, type Page, table } from './page.ts';

/** So many rejections are listed one by one; of more, each cause with some of them inside. */
const FEW = 12;
/** Values of an axis that colours can tell apart. */
const MOST_COLORS = 8;
/** From here on an axis is drawn in powers. */
const WIDE = 30;

const amount = (value: number): string => showQuantity(value, 4);

/** What the grid is made of. */
export interface GridBase {
  /** `"DiT-S/2"`, as written */
  readonly of: string;
  /** the name of its recipe */
  readonly recipe?: string;
  readonly doc?: string;
  /** what each `match` moves: `size.depth` */
  readonly moved: readonly string[];
  /** its own, its recipe, its preset */
  readonly declarations: readonly { readonly at: string; readonly text: string }[];
}

export function gridPage(name: string, base: GridBase, findings: Findings, command: string): Page {
  const { points, total, macs, trainFlops } = findings;
  const first = points.length < total.points ? `, the first ${points.length}` : '';
  const recipe = base.recipe === undefined ? '' : html`, trained by the recipe <code>${base.recipe}</code>`;
  return {
    title: `Grid ${name}`,
    lead: html`${base.doc === undefined ? '' : html`<p>${base.doc}</p>`}<p>Of <code>${base.of}</code>${recipe}.</p>${figures(
      [
        { value: String(total.points), name: 'points' },
        { value: String(total.rejected), name: 'rejected' },
        ...(total.duplicates > 0 ? [{ value: String(total.duplicates), name: 'the same work as another' }] : []),
        { value: rangeText(total.points, macs), name: 'MACs' },
        ...(trainFlops === undefined
          ? []
          : [{ value: amount(trainFlops), name: 'FLOPs to train them all, an estimate' }]),
      ],
    )}`,
    sections: [
      { id: 'points', title: `Points${first}`, body: pointTable(points, base.moved) },
      { id: 'cost', title: `Parameters against MACs${first}`, body: costChart(points) },
      { id: 'rejected', title: 'Rejected', body: rejections(findings) },
      { id: 'source', title: 'Source', body: source(base) },
      {
        id: 'about',
        title: 'About this page',
        body: html`<p>Points are the combinations of the grid that can be built and pass its conditions; nothing has run. MACs, FLOPs and parameters are of one sample and one forward pass, counted. FLOPs to train are an estimate: three forward passes for each sample of each step; those of an image are the forward passes of its sampler. Made by <code>${command}</code>.</p>`,
      },
    ],
  };
}

const rangeText = (points: number, { least, most }: Findings['macs']): string =>
  points === 0 ? '–' : least === most ? amount(least) : `${amount(least)} to ${amount(most)}`;

const source = ({ declarations }: GridBase): Markup =>
  html`${declarations.map(({ at, text }) => html`<p class="mono faint">${at}</p><pre class="plain">${text}</pre>`)}`;

const shown = (set: ReadonlyMap<string, string>): string =>
  set.size === 0 ? 'the base' : [...set].map(([axis, value]) => `${axis} ${value}`).join(', ');

const bar = (value: number, most: number): Markup =>
  html`${amount(value)}<span class="bar"><i style="width:${((100 * value) / Math.max(1, most)).toFixed(1)}%"></i></span>`;

const axesOf = (points: readonly FoundPoint[]): readonly string[] => [
  ...new Set(points.flatMap(({ set }) => [...set.keys()])),
];

/** What was moved and costs stand beside the names, since what was set is in these. */
function pointTable(points: readonly FoundPoint[], moved: readonly string[]): Markup {
  const most = (of: (point: FoundPoint) => number): number =>
    points.reduce((max, point) => Math.max(max, of(point)), 1);
  const mostMacs = most(({ macs }) => macs);
  const mostParams = most(({ params }) => params);
  const matched = [...new Set(points.flatMap(({ off }) => [...off.keys()]))];
  const axis = (name: string): Column<FoundPoint> => ({ name, text: ({ set }) => set.get(name) ?? 'as is' });
  const columns: Column<FoundPoint>[] = [
    { name: 'point', text: ({ name }) => breakable(name), value: ({ name }) => name },
    ...moved.map(axis),
    { name: 'MACs', text: ({ macs }) => bar(macs, mostMacs), value: ({ macs }) => macs },
    number('FLOPs', ({ flops }) => flops),
    { name: 'parameters', text: ({ params }) => bar(params, mostParams), value: ({ params }) => params },
    ...[
      number('training FLOPs', ({ trainFlops }) => trainFlops),
      number('FLOPs an image', ({ sampleFlops }) => sampleFlops),
    ].filter(({ value }) => points.some((point) => value!(point) !== '')),
    ...matched.map(
      (fact): Column<FoundPoint> => ({
        name: `${fact} off by`,
        text: ({ off }) => percent(off.get(fact) ?? 0),
        value: ({ off }) => off.get(fact) ?? 0,
      }),
    ),
    ...axesOf(points)
      .filter((name) => !moved.includes(name))
      .map(axis),
  ];
  return table(columns, points);
}

const number = (name: string, of: (point: FoundPoint) => number | undefined): Column<FoundPoint> => ({
  name,
  text: (point) => (of(point) === undefined ? '' : amount(of(point)!)),
  value: (point) => of(point) ?? '',
});

const percent = (part: number): string => (part === 0 ? 'equal' : `${part > 0 ? '+' : ''}${(100 * part).toFixed(2)} %`);

function costChart(points: readonly FoundPoint[]): Markup {
  const axis = axesOf(points).find((each) => {
    const { size } = valuesOf(points, each);
    return size > 1 && size <= MOST_COLORS;
  });
  const values = axis === undefined ? [] : [...valuesOf(points, axis)];
  const dots = new Map<string, Dot & { readonly names: string[] }>();
  for (const { name, set, params, macs } of points) {
    const series = axis === undefined ? 0 : values.indexOf(textIn(set, axis));
    const key = `${series} ${params} ${macs}`;
    const same = dots.get(key);
    if (same !== undefined) same.names.push(name);
    else dots.set(key, { name, names: [name], x: params, y: macs, series });
  }
  const drawn = scatter(
    { x: 'parameters', y: 'MACs', log: powers(points) },
    [...dots.values()].map(({ names, ...dot }) => ({ ...dot, name: several(names) })),
  );
  return axis === undefined ? drawn : html`<p>Colour: ${axis}</p>${keys(values)}${drawn}`;
}

const textIn = (set: ReadonlyMap<string, string>, axis: string): string => set.get(axis) ?? 'as is';
const valuesOf = (points: readonly FoundPoint[], axis: string): ReadonlySet<string> =>
  new Set(points.map(({ set }) => textIn(set, axis)));

/** Points of equal cost lie on one another. */
const several = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(' and ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;

function powers(points: readonly FoundPoint[]): Axes['log'] {
  const isWide = (of: (point: FoundPoint) => number): boolean => {
    let [least, most] = [Infinity, 0];
    for (const point of points) [least, most] = [Math.min(least, of(point)), Math.max(most, of(point))];
    return least > 0 && most / least >= WIDE;
  };
  const [x, y] = [isWide(({ params }) => params), isWide(({ macs }) => macs)];
  return x && y ? 'both' : x ? 'x' : y ? 'y' : undefined;
}

function rejections({ rejections: causes, duplicates, total }: Findings): Markup {
  if (total.rejected + total.duplicates === 0) return html`<p>Nothing was rejected.</p>`;
  const alone = total.rejected <= FEW;
  const counted = causes.reduce((sum, { times }) => sum + times, 0);
  const more =
    duplicates.length < total.duplicates ? html`<li>and ${total.duplicates - duplicates.length} more</li>` : '';
  return html`${alone ? html`<ul>${causes.flatMap(({ examples }) => examples).map(example)}</ul>` : causes.map(cause)}
${counted < total.rejected ? html`<p>and ${total.rejected - counted} for other reasons: <code>ditc grid plan --rejected</code> lists all</p>` : ''}
${total.duplicates > 0 ? html`<h3>The same work as another</h3><ul>${duplicates.map(({ set, of }) => html`<li>${shown(set)}: the same as ${of}</li>`)}${more}</ul>` : ''}`;
}

const example = ({ set, reason }: Rejection['examples'][number]): Markup => html`<li>${shown(set)}: ${reason}</li>`;

function cause({ rule, times, examples }: Rejection): Markup {
  const rest = times > examples.length ? html`<li>and ${times - examples.length} more</li>` : '';
  const why = rule === undefined ? examples[0]!.reason : html`<code>${rule}</code> does not hold`;
  return html`<details><summary>${why}: ${times} ${times === 1 ? 'combination' : 'combinations'}</summary><ul>${examples.map(example)}${rest}</ul></details>`;
}
