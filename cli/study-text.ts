/** Plans and results of studies as tables. */
import type { Renamed } from '../runtime/study/renamed-points.ts';
import { plainPoint, resultsOf } from '../runtime/study/study.ts';
import type { StudyPlan, StudyPoint } from '../runtime/study/study-plan.ts';
import { decimal, duration } from '../runtime/train/progress.ts';
import { setText } from './plan-rejections.ts';
import { alignRows } from './table.ts';

/** Of the speed of matrix products, what training reaches. */
const REACHED = 0.4;

const MOST_REJECTED = 12;

/** `renamed`: points whose work is there under another name. */
export function planText(
  { points, rejected, duplicates }: StudyPlan,
  speed: number,
  isDoneHere: (point: StudyPoint) => boolean,
  renamed: readonly Renamed[] = [],
): string {
  const elsewhere = new Set(renamed.flatMap(({ point, isDone }) => (isDone ? [point] : [])));
  const isDone = (point: StudyPoint): boolean => elsewhere.has(point) || isDoneHere(point);
  const rows = points.map((point) => [
    String(point.index),
    point.name,
    decimal(point.params),
    decimal(point.macs),
    point.steps === undefined ? '' : String(point.steps),
    decimal(point.train_flops),
    isDone(point) ? 'done' : '',
  ]);
  const lines = alignRows([['', 'point', 'params', 'MACs', 'steps', 'FLOPs of training', ''], ...rows], '>');
  const left = points.filter((point) => !isDone(point));
  const flops = left.reduce((sum, point) => sum + point.train_flops + point.sample_flops, 0);
  const limited = left.filter(({ job }) => job.recipe.seconds !== undefined);
  const seconds =
    flops / (REACHED * speed) +
    limited.reduce((sum, { job }) => sum + (job.recipe.steps === undefined ? job.recipe.seconds! : 0), 0);
  const notes = [
    ...rejected
      .slice(0, MOST_REJECTED)
      .map(({ set, reason }) => `rejected: ${setText(new Map(Object.entries(set)))}: ${reason}`),
    ...(rejected.length > MOST_REJECTED
      ? [`rejected: ${rejected.length - MOST_REJECTED} more; \`ditc grid plan\` says by what`]
      : []),
    ...renamed.map(({ point, from }) => `${point.name}: its work is in ${from}, which gets its name`),
    ...(duplicates.length > 0 ? [`${duplicates.length} equal to others are left out`] : []),
    `${left.length} to do: ${decimal(flops)}FLOP with sampling, about ${duration(seconds)} here (matrix products run at ${decimal(speed)}flop/s)`,
  ];
  return `${[...lines, ...notes].join('\n')}\n`;
}

export const planJson = ({ points, rejected, duplicates, grid }: StudyPlan) => ({
  grid,
  points: points.map(plainPoint),
  rejected,
  duplicates,
});

/** What came out, the nearest to real images first. */
export function resultsText(study: string, plan: StudyPlan): string {
  const results = resultsOf(study, plan);
  const number = (value: number | undefined, digits = 3): string =>
    value === undefined ? '' : value.toPrecision(digits);
  const share = (value: number | undefined): string => (value === undefined ? '' : `${(100 * value).toFixed(1)} %`);
  const ranked = [...results].sort(
    (a, b) => ('frechet' in a ? (a.frechet ?? 1e9) : 1e9) - ('frechet' in b ? (b.frechet ?? 1e9) : 1e9),
  );
  const rows = ranked.map((point) => {
    const base = [point.name, decimal(point.params), decimal(point.macs)];
    if (point.ending === 'missing') return [...base, '', '', '', '', '', 'missing'];
    if (point.ending === 'failed') return [...base, '', '', '', '', '', `failed: ${point.problem}`];
    const { loss, frechet, kernel, accuracy, train_seconds } = point;
    return [
      ...base,
      number(loss),
      number(frechet),
      number(kernel),
      share(accuracy),
      train_seconds === undefined ? '' : duration(train_seconds),
      '',
    ];
  });
  const head = ['point', 'params', 'MACs', 'loss', 'Fréchet', 'kernel', 'right class', 'training', ''];
  return `${alignRows([head, ...rows]).join('\n')}\n`;
}
