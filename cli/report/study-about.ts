/** What decides the figures of a study besides its grid, and the commands that make it again. */
import { EVALUATION_DEFAULTS } from '../../runtime/study/evaluation.ts';
import { html, type Markup } from './html.ts';
import type { StudyData } from './study-data.ts';

/** `a: 1, b: c: 2`; what stands for nothing is left out. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { word, ...fields } = value as Record<string, unknown>;
  const inside = Object.entries(fields).map(([name, each]) =>
    typeof each === 'object' && each !== null && !('word' in each)
      ? `${name}: { ${plain(each)} }`
      : `${name}: ${plain(each)}`,
  );
  return word === undefined ? inside.join(', ') : `${word}${inside.length > 0 ? `(${inside.join(', ')})` : ''}`;
}

const manifestOf = ({ points }: Pick<StudyData, 'points'>) =>
  points.find(({ manifest }) => manifest !== undefined)?.manifest;

/** With the threads that points ran on, which may be fewer than the engine would take: `cpu (1 thread)`. */
export function deviceOf({ study, points }: Pick<StudyData, 'study' | 'points'>): string {
  const threads = manifestOf({ points })?.threads;
  const device = String(study.engine?.device ?? '');
  const shown = threads === undefined ? undefined : `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return shown === undefined ? device : device.replace(/\d+ threads?/, shown);
}

export function settings({ study, points }: StudyData): Markup {
  const [evaluated] = points.flatMap(({ evaluation }) => (evaluation === undefined ? [] : [evaluation]));
  const trained = manifestOf({ points });
  const engine = study.engine && { ...study.engine, device: deviceOf({ study, points }) };
  const groups: (readonly [string, unknown])[] = [
    ['recipe', trained?.recipe],
    ['data of training', trained?.data],
    ['sampling', evaluated?.sampling],
    ['feature net', evaluated?.features],
    ['real images', evaluated?.real],
    ['engine', engine],
    ['versions', study.versions],
  ];
  return html`<div class="scroll"><table class="settings"><tbody>${groups.map(([group, value]) =>
    typeof value !== 'object' || value === null
      ? ''
      : Object.entries(value).map(
          ([name, each], at) =>
            html`<tr><td>${at === 0 ? group : ''}</td><td class="left">${name.replaceAll('_', ' ')}</td><td class="left mono">${plain(each)}</td></tr>`,
        ),
  )}</tbody></table></div><p class="faint">The recipe is that of the first point; what the grid varies is in the table of points.</p>`;
}

const quoted = (word: string): string => (/^[\w./#:=,@+-]+$/.test(word) ? word : `'${word}'`);

export function again({ study, grid, folder, points }: StudyData, command: string): Markup {
  const { spec, data, evaluation } = study;
  const file = spec?.files[spec.entry]?.path ?? 'FILE';
  const trained = manifestOf({ points });
  const count = evaluation?.count;
  const words = [
    ...(data === undefined ? [] : ['--data', data]),
    ...(typeof count === 'number' && count !== EVALUATION_DEFAULTS.count ? ['--count', String(count)] : []),
    ...(trained?.threads === undefined ? [] : ['--threads', String(trained.threads)]),
    ...(trained?.origin.recipeOverrides ?? []).flatMap(({ path, value }) => ['--set', `recipe.${path}=${value}`]),
  ];
  const run = ['ditc', 'run', `${file}#${grid}`, '--out', folder, ...words].map(quoted).join(' ');
  const lines = [
    [run, 'all of it; with --resume, what is missing'],
    [`${run} --only 0`, 'one point: the table has them in their order, from 0'],
    ...(points[0] === undefined
      ? []
      : [[`ditc sample ${quoted(points[0].run)} --seed 0`, 'images of a trained point']]),
    [command, 'this page'],
  ] as const;
  return html`<pre class="commands">${lines.map(([text, says]) => html`<span># ${says}</span>${text}\n`)}</pre>
<p>The seed of a point decides its weights, its batches and its noise, so that the same engine with as many threads gives the same bytes. <code>${folder}/study.json</code> has the texts of the spec and the digest of every point; the <code>manifest.json</code> of a point has its recipe, seed and data.</p>`;
}
