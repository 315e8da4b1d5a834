/** The report of a study: what was found first, then the figures, curves and pictures behind it, and how to make it again. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { lineChart, scatter, smoothed } from './chart.ts';
import { dataScript, html, type Markup } from './html.ts';
import { type Column, figures, type Page, type Section, table } from './page.ts';
import type { StudyData } from './study-data.ts';

type Point = StudyData['points'][number];

const amount = (value: number | null | undefined, digits = 4): string =>
  value === null || value === undefined ? '' : showQuantity(value, digits);
const fixed = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined ? '' : value.toFixed(digits);

/** What the study varies besides the seed: points that agree in it are repetitions of one another. */
const variantOf = ({ set }: Point): string =>
  Object.entries(set)
    .filter(([axis]) => axis !== 'seed')
    .map(([axis, value]) => `${axis} ${value}`)
    .join(', ') || 'base';

interface Finding {
  readonly variant: string;
  readonly values: readonly number[];
  readonly mean: number;
}

/** Variants by the mean of a figure over their seeds, the best first. */
export function ranking(
  points: readonly Point[],
  figure: (point: Point) => number | null | undefined,
  smallest: boolean,
): readonly Finding[] {
  const groups = new Map<string, number[]>();
  for (const point of points) {
    const value = figure(point);
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    const name = variantOf(point);
    groups.set(name, [...(groups.get(name) ?? []), value]);
  }
  const list = [...groups].map(([variant, values]) => ({
    variant,
    values,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  }));
  return list.sort((a, b) => (smallest ? a.mean - b.mean : b.mean - a.mean));
}

/** "± 0.3": the standard deviation over seeds; nothing for one. */
function spread({ values, mean }: Finding): string {
  if (values.length < 2) return '';
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return ` ± ${showQuantity(Math.sqrt(variance), 2)}`;
}

export function studyPage(data: StudyData, command: string): Page {
  const { points, study } = data;
  const done = points.filter(({ ending }) => ending === 'finished');
  const failed = points.filter(({ ending }) => ending === 'failed');
  const seconds = points.reduce((sum, { train_seconds }) => sum + (train_seconds ?? 0), 0);
  const flops = points.reduce((sum, { train_flops }) => sum + train_flops, 0);
  const axes = [...new Set(points.flatMap(({ set }) => Object.keys(set)))];
  const sections: (Section | undefined)[] = [
    { id: 'findings', title: 'Findings', body: findings(points) },
    { id: 'samples', title: 'Samples', body: samples(points) },
    { id: 'points', title: 'Points', body: pointTable(points, axes) },
    {
      id: 'loss',
      title: 'Loss',
      body: html`<p class="faint">Means over neighbouring steps. The losses of different objectives do not compare.</p>${lineChart(
        { x: 'step', y: 'loss', log: 'y' },
        points
          .filter(({ losses }) => losses.length > 1)
          .map(({ name, losses }) => ({ name, points: smoothed(losses) })),
      )}`,
    },
    {
      id: 'quality',
      title: 'Quality and cost',
      body: html`<p class="faint">Fréchet distance in the features of the study's own net: less is better, and it compares with nothing outside of this study.</p>${scatter(
        { x: 'FLOPs of training', y: 'Fréchet distance' },
        done.flatMap(({ name, train_flops, frechet }) =>
          typeof frechet === 'number' ? [{ name, x: train_flops, y: frechet }] : [],
        ),
      )}${scatter(
        { x: 'parameters', y: 'MACs' },
        points.map(({ name, params, macs }) => ({ name, x: params, y: macs })),
      )}`,
    },
    {
      id: 'copies',
      title: 'Nearest images of training',
      body: html`<div class="points">${points.map(({ name, nearest }) => (nearest === undefined ? '' : html`<figure><img src="${nearest}" alt="samples of ${name} above the nearest images of training"><figcaption>${name}</figcaption></figure>`))}</div><p class="faint">Samples above the image of training that is nearest to each: a model that copies shows the same image twice.</p>`,
    },
    failed.length === 0
      ? undefined
      : {
          id: 'failed',
          title: 'What failed',
          body: html`${failed.map(({ name, problem, log }) => html`<h3>${name}</h3><p class="failed">${problem}</p><pre class="source">${(log ?? '').split('\n').map((each) => html`<span>${each}</span>`)}</pre>`)}`,
        },
    study.rejected.length + study.duplicates.length === 0
      ? undefined
      : { id: 'rejected', title: 'Rejected combinations', body: rejected(study) },
    { id: 'about', title: 'Settings', body: about(data, command) },
  ];
  return {
    title: `Study ${data.grid}`,
    lead: figures([
      { value: `${done.length} of ${points.length}`, name: 'points done' },
      { value: amount(flops, 3), name: 'FLOPs of training' },
      { value: `${(seconds / 60).toFixed(1)} min`, name: 'of training' },
      {
        value: String(study.engine?.name ?? '?'),
        name: `engine${study.engine?.device ? `, ${study.engine.device}` : ''}`,
      },
    ]),
    sections: sections.filter((section) => section !== undefined),
    data: [
      dataScript('study', {
        ...study,
        points: points.map(({ samples: _, nearest: __, losses: ___, log: ____, ...point }) => point),
      }),
    ],
  };
}

function findings(points: readonly Point[]): Markup {
  const byDistance = ranking(points, ({ frechet }) => frechet, true);
  const list = byDistance.length > 0 ? byDistance : ranking(points, ({ loss }) => loss, true);
  const figure = byDistance.length > 0 ? 'Fréchet distance' : 'loss';
  if (list.length === 0) return html`<p>No point has been done yet.</p>`;
  const accuracy = new Map(
    ranking(points, ({ accuracy: share }) => share, false).map(({ variant, mean }) => [variant, mean]),
  );
  const seeds = Math.max(...list.map(({ values }) => values.length));
  const [best, second] = list;
  const clear =
    best !== undefined && second !== undefined && seeds > 1 && Math.min(...second.values) > Math.max(...best.values);
  return html`<ol class="findings">${list.map((finding) => {
    const share = accuracy.get(finding.variant);
    return html`<li><b>${finding.variant}</b>: ${figure} ${showQuantity(finding.mean, 4)}${spread(finding)}${share === undefined ? '' : `, ${(100 * share).toFixed(1)} % of the samples are what they were asked to be`}</li>`;
  })}</ol><p class="faint">${seeds > 1 ? `Means over up to ${seeds} seeds, with their standard deviation. ${clear ? 'The first is ahead of the second with every seed.' : 'The first two overlap: their order may be chance.'}` : 'One seed each: small differences are chance.'}</p>`;
}

const samples = (points: readonly Point[]): Markup =>
  html`<div class="points">${points.map(({ name, samples: image, frechet }) =>
    image === undefined
      ? ''
      : html`<figure><img src="${image}" alt="samples of ${name}"><figcaption>${name}${typeof frechet === 'number' ? `, Fréchet distance ${showQuantity(frechet, 4)}` : ''}</figcaption></figure>`,
  )}</div><p class="faint">The same noise and labels in every picture: a column a class.</p>`;

function pointTable(points: readonly Point[], axes: readonly string[]): Markup {
  const number = (
    name: string,
    of: (point: Point) => number | null | undefined,
    show: (value: number | null | undefined) => string,
  ): Column<Point> => ({ name, text: (point) => show(of(point)), value: (point) => of(point) ?? '' });
  return table<Point>(
    [
      {
        name: 'point',
        text: ({ name, ending }) =>
          html`${name}${ending === 'finished' ? '' : html` <span class="${ending === 'failed' ? 'failed' : 'faint'}">${ending}</span>`}`,
        value: ({ name }) => name,
      },
      ...axes.map((axis): Column<Point> => ({ name: axis, text: ({ set }) => set[axis] ?? '' })),
      number('params', ({ params }) => params, amount),
      number('MACs', ({ macs }) => macs, amount),
      number('loss', ({ loss }) => loss, amount),
      number('Fréchet', ({ frechet }) => frechet, amount),
      number('kernel', ({ kernel }) => (typeof kernel === 'object' && kernel !== null ? kernel.mean : kernel), amount),
      number(
        'precision',
        ({ precision }) => precision,
        (value) => fixed(value, 3),
      ),
      number(
        'recall',
        ({ recall }) => recall,
        (value) => fixed(value, 3),
      ),
      number(
        'accuracy',
        ({ accuracy }) => accuracy,
        (value) => fixed(value, 3),
      ),
      number(
        'train FLOPs',
        ({ train_flops }) => train_flops,
        (value) => amount(value, 3),
      ),
      number(
        'seconds',
        ({ train_seconds }) => train_seconds,
        (value) => fixed(value, 0),
      ),
    ],
    points,
  );
}

function rejected({ rejected: list, duplicates }: StudyData['study']): Markup {
  const shown = (set: Readonly<Record<string, string>>): string =>
    Object.entries(set)
      .map(([axis, value]) => `${axis} ${value}`)
      .join(', ');
  return html`<ul>${list.map(({ set, reason }) => html`<li>${shown(set)}: ${reason}</li>`)}${duplicates.map(({ set, of }) => html`<li>${shown(set)}: the same work as ${of}</li>`)}</ul>`;
}

function about({ study, points, folder }: StudyData, command: string): Markup {
  const [first] = points.flatMap(({ evaluation }) => (evaluation === undefined ? [] : [evaluation]));
  const rows: (readonly [string, unknown])[] = [
    ['versions', study.versions],
    ['engine', study.engine],
    ['data', study.data],
    ['evaluation', study.evaluation],
    ['sampling', first?.sampling],
    ['features', first?.features],
    ['real images', first?.real],
  ];
  return html`<div class="scroll"><table><tbody>${rows.flatMap(([name, value]) => (value === undefined ? [] : [html`<tr><td>${name}</td><td class="left mono">${typeof value === 'string' ? value : JSON.stringify(value)}</td></tr>`]))}</tbody></table></div>
<p>The texts of the spec, the recipe, seeds and digests of every point are in <code>${folder}/study.json</code> and in the <code>manifest.json</code> of each point. This page was made by <code>${command}</code>.</p>`;
}
