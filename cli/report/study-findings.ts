/** What a study found: its variants by how near their samples are to real images, with the spread over seeds. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { html, type Markup } from './html.ts';
import type { StudyData } from './study-data.ts';

type Point = StudyData['points'][number];

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

export function findings(points: readonly Point[]): Markup {
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
