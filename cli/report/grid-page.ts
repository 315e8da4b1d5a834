/** The report of a grid before anything runs: its points side by side, what they cost, and what was rejected and why. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import type { Outcome } from '../../compiler/grid/plan.ts';
import { scatter } from './chart.ts';
import { html, type Markup } from './html.ts';
import { type Column, figures, type Page, table } from './page.ts';

type PlanPoint = Extract<Outcome, { kind: 'point' }>;

/** Past this many points a table in a page helps nobody. */
const MOST_POINTS = 2000;

const amount = (value: number): string => showQuantity(value, 4);

export function gridPage(name: string, outcomes: readonly Outcome[], command: string): Page {
  const points = outcomes.filter((outcome) => outcome.kind === 'point');
  const rejected = outcomes.filter((outcome) => outcome.kind === 'rejected');
  const duplicates = outcomes.filter((outcome) => outcome.kind === 'duplicate');
  const macs = points.map(({ facts }) => facts.macs);
  return {
    title: `Grid ${name}`,
    lead: figures([
      { value: String(points.length), name: 'points' },
      { value: String(rejected.length), name: 'rejected' },
      { value: String(duplicates.length), name: 'the same work as another' },
      { value: points.length > 0 ? `${amount(Math.min(...macs))} to ${amount(Math.max(...macs))}` : '–', name: 'MACs' },
    ]),
    sections: [
      { id: 'points', title: 'Points', body: pointTable(points.slice(0, MOST_POINTS)) },
      {
        id: 'cost',
        title: 'Parameters against MACs',
        body: scatter(
          { x: 'parameters', y: 'MACs' },
          points
            .slice(0, MOST_POINTS)
            .map((point) => ({ name: point.name, x: point.facts.params, y: point.facts.macs })),
        ),
      },
      {
        id: 'rejected',
        title: 'Rejected',
        body:
          rejected.length + duplicates.length === 0
            ? html`<p>Nothing was rejected.</p>`
            : html`<ul>${rejected.slice(0, MOST_POINTS).map(({ set, reason }) => html`<li>${shown(set)}: ${reason}</li>`)}${duplicates.slice(0, MOST_POINTS).map(({ set, of }) => html`<li>${shown(set)}: the same work as ${of}</li>`)}</ul>`,
      },
      {
        id: 'about',
        title: 'About this page',
        body: html`<p>Points are the combinations of the grid that can be built and pass its conditions; nothing has run. Made by <code>${command}</code>.</p>`,
      },
    ],
  };
}

const shown = (set: ReadonlyMap<string, string>): string =>
  [...set].map(([axis, value]) => `${axis} ${value}`).join(', ');

const bar = (value: number, most: number): Markup =>
  html`${amount(value)}<span class="bar"><i style="width:${((100 * value) / Math.max(1, most)).toFixed(1)}%"></i></span>`;

function pointTable(points: readonly PlanPoint[]): Markup {
  const axes = [...new Set(points.flatMap(({ set }) => [...set.keys()]))];
  const most = (of: (point: PlanPoint) => number): number => Math.max(1, ...points.map(of));
  const mostMacs = most(({ facts }) => facts.macs);
  const mostParams = most(({ facts }) => facts.params);
  const columns: Column<PlanPoint>[] = [
    { name: 'point', text: ({ name }) => name },
    ...axes.map((axis): Column<PlanPoint> => ({ name: axis, text: ({ set }) => set.get(axis) ?? '' })),
    { name: 'MACs', text: ({ facts }) => bar(facts.macs, mostMacs), value: ({ facts }) => facts.macs },
    { name: 'parameters', text: ({ facts }) => bar(facts.params, mostParams), value: ({ facts }) => facts.params },
  ];
  return table(columns, points);
}
