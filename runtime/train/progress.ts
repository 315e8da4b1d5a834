/** The line that a run shows of itself. */
import type { StepReport } from './train.ts';

export interface ProgressOf {
  readonly steps?: number;
  /** a time budget of the recipe */
  readonly limit?: number;
  readonly flopsPerImage: number;
  readonly from: number;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** 12.3K, 4.56G */
export function decimal(value: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  const at = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** at).toPrecision(3))}${units[at]}`;
}

/** `begun`: seconds of the run before this process, of which the time left is not guessed */
export function progressLine(
  report: StepReport,
  { steps, limit, flopsPerImage, from }: ProgressOf,
  begun: number,
): string {
  const { step, terms, imagesPerSecond, seconds } = report;
  const [loss] = Object.values(terms);
  const perStep = (seconds - begun) / Math.max(1, step - from);
  const left =
    step <= from + 1
      ? []
      : [...(steps === undefined ? [] : [(steps - step) * perStep]), ...(limit === undefined ? [] : [limit - seconds])];
  return [
    `step ${step}${steps === undefined ? '' : `/${steps}`}`,
    `loss ${loss?.toPrecision(3) ?? '?'}`,
    `${imagesPerSecond.toPrecision(3)} images/s`,
    `${decimal(imagesPerSecond * flopsPerImage)}flop/s`,
    `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
    ...(left.length === 0 ? [] : [`${duration(Math.min(...left))} left`]),
  ].join('  ');
}
