/** The report of a study: what was found first, then the figures, curves and pictures behind it, and how to make it again. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { lineChart, scatter, smoothed } from './chart.ts';
import { sourceLines } from './graph-tree.ts';
import { breakable, dataScript, html, type Markup } from './html.ts';
import { type Column, figures, type Page, type Section, table } from './page.ts';
import { again, deviceOf, settings } from './study-about.ts';
import type { StudyData } from './study-data.ts';
import { findings } from './study-findings.ts';
import { modelSection, modelsOf } from './study-models.ts';

type Point = StudyData['points'][number];

const amount = (value: number | null | undefined, digits = 4): string =>
  value === null || value === undefined ? '' : showQuantity(value, digits);
const fixed = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined ? '' : value.toFixed(digits);

export function studyPage(data: StudyData, command: string): Page {
  const { points, study } = data;
  const done = points.filter(({ ending }) => ending === 'finished');
  const failed = points.filter(({ ending }) => ending === 'failed');
  const seconds = points.reduce((sum, { train_seconds }) => sum + (train_seconds ?? 0), 0);
  const flops = points.reduce((sum, { train_flops }) => sum + train_flops, 0);
  const axes = [...new Set(points.flatMap(({ set }) => Object.keys(set)))];
  const { lineId, add, sources } = sourceLines();
  // the spec of the study, with its grid and recipe, before those of its models
  const own = study.spec?.files[study.spec.entry];
  if (own !== undefined) add(own);
  const models = modelsOf(points);
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
    models.length === 0 ? undefined : { id: 'models', title: 'Models', body: modelSection(models, lineId) },
    points.every(({ nearest }) => nearest === undefined)
      ? undefined
      : { id: 'copies', title: 'Nearest images of training', body: copies(points) },
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
    { id: 'about', title: 'Settings and versions', body: settings(data) },
    { id: 'again', title: 'How to make it again', body: again(data, command) },
    models.length === 0 && own === undefined ? undefined : { id: 'source', title: 'Source', body: sources() },
  ];
  return {
    title: `Study ${data.grid}`,
    lead: figures([
      { value: `${done.length} of ${points.length}`, name: 'points done' },
      { value: amount(flops, 3), name: 'FLOPs of training' },
      { value: `${(seconds / 60).toFixed(1)} min`, name: 'of training, all points together' },
      {
        value: String(study.engine?.name ?? '?'),
        name: `engine${study.engine?.device ? `, ${deviceOf(data)}` : ''}`,
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

const samples = (points: readonly Point[]): Markup =>
  html`<div class="points">${points.map(({ name, samples: image, frechet }) =>
    image === undefined
      ? ''
      : html`<figure><img src="${image}" alt="samples of ${name}"><figcaption>${name}${typeof frechet === 'number' ? `, Fréchet distance ${showQuantity(frechet, 4)}` : ''}</figcaption></figure>`,
  )}</div><p class="faint">The same noise and labels in every picture: a column a class.</p>`;

const copies = (points: readonly Point[]): Markup =>
  html`<div class="points">${points.map(({ name, nearest }) => (nearest === undefined ? '' : html`<figure><img src="${nearest}" alt="samples of ${name} above the nearest images of training"><figcaption>${name}</figcaption></figure>`))}</div><p class="faint">Samples above the image of training that is nearest to each: a model that copies shows the same image twice.</p>`;

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
          html`${breakable(name)}${ending === 'finished' ? '' : html` <span class="${ending === 'failed' ? 'failed' : 'faint'}">${ending}</span>`}`,
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
