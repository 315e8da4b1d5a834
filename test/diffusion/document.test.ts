/** `docs/diffusion.md` says what the contract and the specs say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { SCHEDULE_NAMES, SCHEDULE_WORDS, type ScheduleName } from '../../compiler/contract/schedule-names.ts';
import { openSpec } from '../../compiler/elaborate/spec.ts';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const document = read('docs/diffusion.md');

test('a row for each name, with its formula and when it is known', () => {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = Object.entries<ScheduleName>(SCHEDULE_NAMES).map(([name, { meaning, formula, training, sampling }]) => {
    const when = [
      ...(training.length === 2 ? ['training'] : training.length === 1 ? ['training (discrete)'] : []),
      ...(sampling.length > 0 ? ['sampling'] : []),
    ];
    return `| \`${name}\` | ${cell(meaning)} | ${cell(formula)} | ${when.join(', ')} |`;
  });
  const section = document.split('\n## ').find((part) => part.startsWith('Names\n'))!;
  const written = section.split('\n').filter((line) => line.startsWith('| `'));
  assert.equal(written, rows);
});

test('every word, objective and step', () => {
  for (const word of Object.keys(SCHEDULE_WORDS)) assert.ok(document.includes(`\`${word}(`), word);
  const consts = [...read('specs/objectives.dit').matchAll(/^const (\w+) = Objective/gm)].map(([, name]) => name!);
  const steps = [...read('specs/std/samplers.dit').matchAll(/^block (\w+)\(xt/gm)].map(([, name]) => name!);
  assert.ok(consts.length >= 4 && steps.length >= 8);
  for (const name of [...consts, ...steps]) assert.ok(document.includes(`\`${name}\``), name);
});

test('its example parses, and its names are found', () => {
  const [, example] = /```\n([^`]+)```/.exec(document)!;
  // as if it stood beside the specs that it imports
  const entry = entryOf(fileURLToPath(new URL('../../specs/example.dit', import.meta.url)), `dit 1\n${example}`);
  const spec = openSpec(entry, diskLoader(entry));
  assert.equal(
    spec.diagnostics.map(({ message }) => message),
    [],
  );
  assert.ok(spec.entry.names.has('huber') && spec.entry.names.has('robust'));
});

test.run();
