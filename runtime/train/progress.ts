/** The line that a run shows of itself. */
import type { StepReport } from './train.ts';

export interface ProgressOf {
  readonly steps?: number;
  /** a time budget of the recipe */
  readonly limit?: number;
  readonly flopsPerImage: number;
  readonly from: number;
  /** of matrix products here */
  readonly machineFlops?: number;
  /** of the run before this process, of which the time left is not guessed */
  readonly seconds: number;
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

export function progressLine(report: StepReport, about: ProgressOf): string {
  const { steps, limit, flopsPerImage, from, machineFlops } = about;
  const { step, terms, imagesPerSecond, seconds } = report;
  const [loss] = Object.values(terms);
  const flops = imagesPerSecond * flopsPerImage;
  const perStep = (seconds - about.seconds) / Math.max(1, step - from);
  const left =
    step <= from + 1
      ? []
      : [...(steps === undefined ? [] : [(steps - step) * perStep]), ...(limit === undefined ? [] : [limit - seconds])];
  return [
    `step ${step}${steps === undefined ? '' : `/${steps}`}`,
    `loss ${loss?.toPrecision(3) ?? '?'}`,
    `${imagesPerSecond.toPrecision(3)} images/s`,
    `${decimal(flops)}flop/s${machineFlops === undefined ? '' : ` (${Math.round((100 * flops) / machineFlops)} % of matrix products)`}`,
    `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
    ...(left.length === 0 ? [] : [`${duration(Math.min(...left))} left`]),
  ].join('  ');
}
