/** Cases of the fuzzer: changed specs, random tokens, random bytes, random trees as text. A seed gives one case. */
import { readdirSync, readFileSync } from 'node:fs';
import { format } from '../../dsl/format.ts';
import { type Random, seeded } from './random.ts';
import { randomFile } from './random-file.ts';

const TOKENS = (
  'use export const enum record model param frozen input output require if else for in match as shared return and or not ' +
  'true false none dit block preset recipe grid of with expect where zip by to step path leave_one_out x y D Linear ' +
  '|> -> => == != <= >= < > += = +- + - * / % ^ ... .. . , : ? ( ) [ ] { } | _ 1 0.5 2K "s" "n t -> t n" ' +
  '// /// /* */ # ; && || ! ** \' " \\ @ é “ \u00a0 \0 \u202e'
).split(' ');

const STARTS = [
  'block F(x: [N, D]) -> [N, D] {\n',
  'model M(a: int = 1) {\n',
  'preset "a" = M(',
  'recipe r { a: ',
  'grid g of "a" {\n',
  'const x = ',
  'record R { a: ',
];

function specs(): string[] {
  const folder = new URL('../../specs/', import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dit'))
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

let texts: string[] | undefined;

/** The pieces that a change moves about: words, signs, blanks. */
const pieces = (text: string) => text.match(/\w+|\s+|[^\w\s]+/g) ?? [];

function mutated(r: Random): string {
  texts ??= specs();
  const text = r.chance(0.8) ? r.pick(texts) : format(randomFile(r));
  // a part of a file, so that many are tried
  const lines = text.split('\n');
  const from = r.below(lines.length);
  const all = pieces(`dit 1\n${lines.slice(from, from + 1 + r.below(60)).join('\n')}`);
  for (let i = r.below(5) + 1; i > 0; i--) {
    const at = r.below(all.length + 1);
    switch (r.below(7)) {
      case 0:
        all.splice(at, 1 + r.below(3));
        break;
      case 1:
        all.splice(at, 0, r.pick(TOKENS));
        break;
      case 2:
        all[at] = r.pick(TOKENS);
        break;
      case 3:
        all.splice(at, 0, ...all.slice(r.below(all.length), r.below(all.length)).slice(0, 30));
        break;
      case 4:
        all.splice(at, 0, r.pick(['\n', ' ', '\n\n', ' // c\n', '\n/// d\n', '']));
        break;
      case 5:
        all.splice(at, r.below(20));
        break;
      default:
        [all[at], all[at + 1]] = [all[at + 1] ?? '', all[at] ?? ''];
    }
  }
  return all.join('');
}

const soup = (r: Random) =>
  `${r.chance(0.9) ? 'dit 1\n' : ''}${r.chance(0.7) ? r.pick(STARTS) : ''}` +
  r.some(60, () => r.pick(TOKENS) + r.pick([' ', ' ', ' ', '', '\n', '\n  '])).join('');

const noise = (r: Random) =>
  `dit 1\n${r.some(200, () => String.fromCharCode(r.below(r.chance(0.9) ? 127 : 65_536))).join('')}`;

/** One thing many times, opened and perhaps closed. */
function repeated(r: Random): string {
  const count = r.pick([10, 190, 210, 5000]);
  const unit = r.some(3, () => r.pick(TOKENS), 1).join(' ');
  const closing = r.chance(0.5) ? r.pick(['}', ')', ']', '']).repeat(count) : '';
  return `dit 1\n${r.pick(STARTS)}${`${unit}${r.pick([' ', '\n'])}`.repeat(count)}${closing}`;
}

/** Comments at every place of a text that is right. */
function commented(r: Random): string {
  texts ??= specs();
  const text = r.chance(0.5) ? r.pick(texts) : format(randomFile(r));
  const lines = text.split('\n');
  const from = r.below(lines.length);
  const part = lines.slice(from, from + 40).join('\n');
  const tokens = `dit 1\n${part}`.match(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\w+|\s+|[^\w\s]/g) ?? [];
  return tokens
    .map((token) => (r.chance(0.03) ? `${token}${r.pick([' // c\n', '\n// own\n', ' /// d\n', '\n\n'])}` : token))
    .join('');
}

export function makeCase(seed: number): string {
  const r = seeded(seed);
  const kind = r.below(10);
  if (kind < 4) return mutated(r);
  if (kind < 6) return soup(r);
  if (kind === 6) return noise(r);
  if (kind === 7) return repeated(r);
  if (kind === 8) return commented(r);
  return format(randomFile(r, 5));
}
