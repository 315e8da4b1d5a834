/** Line charts and scatter plots as SVG: axes with round ticks, a colour a series, the name of a point on hover and focus. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import { showQuantity } from '../../compiler/check/quantity.ts';
import { html, type Markup } from './html.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly series?: number;
}

/** Of a dot, and how much wider one is that lies below another at the same place. */
const RADIUS = 6;
const RING = 4;
const MOST_RINGS = 4;

export interface Axes {
  readonly x: string;
  readonly y: string;
  readonly log?: 'y' | 'x' | 'both';
}

const WIDTH = 760;
const HEIGHT = 320;
const MOST_TICKS = 9;
/** Room for the larger letters of a phone too. */
const MARGIN = { left: 108, right: 28, top: 12, bottom: 50 };

/** Distinct in hue and lightness, on light and dark paper. */
const COLORS = ['#3b78d8', '#e07b39', '#2e9e6b', '#b05ad1', '#c9a227', '#d84f6b', '#4fb3c8', '#8a8f98'];

export const colorOf = (index: number): string => COLORS[index % COLORS.length]!;

let charts = 0;

interface Scale {
  (value: number): number;
  ticks(count?: number): number[];
}

function scaleOf(values: readonly number[], range: readonly [number, number], log: boolean): Scale {
  const finite = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const pad = high > low ? 0.04 * (high - low) : Math.abs(high) * 0.1 || 1;
  return log ? scaleLog([low / 1.05, high * 1.05], [...range]) : scaleLinear([low - pad, high + pad], [...range]);
}

function frame(
  axes: Axes,
  xs: readonly number[],
  ys: readonly number[],
  inside: (x: Scale, y: Scale) => Markup,
): Markup {
  if (xs.length === 0) return html`<p class="faint">nothing to draw yet</p>`;
  const x = scaleOf(xs, [MARGIN.left, WIDTH - MARGIN.right], axes.log === 'x' || axes.log === 'both');
  const y = scaleOf(ys, [HEIGHT - MARGIN.bottom, MARGIN.top], axes.log === 'y' || axes.log === 'both');
  const label = `chart${++charts}`;
  const ticks = (scale: Scale): number[] => {
    const all = scale.ticks(6);
    if (all.length <= MOST_TICKS) return all;
    // on log paper: 1, 2, 5 of every power, or powers alone
    const led = (digits: string): number[] => all.filter((value) => digits.includes(value.toExponential()[0]!));
    const fewer = [led('125'), led('1')].find(({ length }) => length <= MOST_TICKS) ?? all;
    return fewer.filter((_, index) => index % Math.ceil(fewer.length / MOST_TICKS) === 0);
  };
  // enough digits to tell neighbours apart
  const labelled = (scale: Scale): readonly (readonly [number, string])[] => {
    const values = ticks(scale);
    const digits =
      [3, 4, 5, 6, 7].find(
        (count) => new Set(values.map((value) => showQuantity(value, count))).size === values.length,
      ) ?? 8;
    return values.map((value) => [value, showQuantity(value, digits)]);
  };
  return html`<div class="scroll"><svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${axes.y} over ${axes.x}" data-label="${label}">
${labelled(y).map(([value, text]) => html`<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="var(--line)"/><text x="${MARGIN.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${text}</text>`)}
${labelled(x).map(([value, text], at) => html`<text${at % 2 === 1 && html` class="odd"`} x="${x(value).toFixed(1)}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle">${text}</text>`)}
<text x="${(MARGIN.left + WIDTH) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${axes.x}</text>
<text transform="translate(22 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">${axes.y}</text>
${inside(x, y)}
</svg></div><p class="faint" id="${label}" aria-live="polite">&nbsp;</p>`;
}

/** Which colour stands for what. */
export const keys = (names: readonly string[]): Markup =>
  html`<p>${names.map((name, index) => html`<span class="key"><i style="background:${colorOf(index)}"></i>${name}</span> `)}</p>`;

/** A mean over neighbours that is even on log paper, so that a noisy loss can be read. */
export function smoothed(points: Series['points'], most = 160): Series['points'] {
  if (points.length <= most) return points;
  const size = Math.ceil(points.length / most);
  const means: [number, number][] = [];
  for (let at = 0; at < points.length; at += size) {
    const group = points.slice(at, at + size);
    const mean = (index: 0 | 1): number => group.reduce((sum, point) => sum + point[index], 0) / group.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}

export function lineChart(axes: Axes, series: readonly Series[]): Markup {
  const all = series.flatMap(({ points }) => points);
  const drawn = frame(
    axes,
    all.map(([x]) => x),
    all.map(([, y]) => y),
    (x, y) => {
      const path = line<readonly [number, number]>()
        .defined(([, value]) => Number.isFinite(value) && (axes.log !== 'y' || value > 0))
        .x(([value]) => x(value))
        .y(([, value]) => y(value))
        .curve(curveMonotoneX);
      return html`${series.map(({ name, points }, index) => html`<path d="${path([...points]) ?? ''}" fill="none" stroke="${colorOf(index)}" stroke-width="2" tabindex="0" data-hover="${name}"><title>${name}</title></path>`)}`;
    },
  );
  return html`${drawn}${keys(series.map(({ name }) => name))}`;
}

/** How many dots lie over each at the same place, up to some. */
function ringsOf(dots: readonly Dot[], placeOf: (dot: Dot) => string): readonly number[] {
  const over = new Map<string, number>();
  const rings: number[] = [];
  for (let at = dots.length - 1; at >= 0; at--) {
    const place = placeOf(dots[at]!);
    rings[at] = Math.min(MOST_RINGS, over.get(place) ?? 0);
    over.set(place, (over.get(place) ?? 0) + 1);
  }
  return rings;
}

/** Dots at one place are rings around one another, so that each has its colour and its name. */
export function scatter(axes: Axes, dots: readonly Dot[]): Markup {
  return frame(
    axes,
    dots.map(({ x }) => x),
    dots.map(({ y }) => y),
    (x, y) => {
      const rings = ringsOf(dots, (dot) => `${x(dot.x).toFixed(0)} ${y(dot.y).toFixed(0)}`);
      return html`${dots.map((dot, index) => {
        const text = `${dot.name}: ${axes.x} ${showQuantity(dot.x, 4)}, ${axes.y} ${showQuantity(dot.y, 4)}`;
        return html`<circle cx="${x(dot.x).toFixed(1)}" cy="${y(dot.y).toFixed(1)}" r="${RADIUS + RING * rings[index]!}"${rings[index]! > 0 && html` style="--ring:${RING * rings[index]!}px"`} fill="${colorOf(dot.series ?? index)}" fill-opacity="0.85" tabindex="0" data-hover="${text}"><title>${text}</title></circle>`;
      })}`;
    },
  );
}
