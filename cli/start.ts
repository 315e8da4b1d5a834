/** `npm start`: checks every spec of this package and prints the models that they make. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { checkSpec } from '../compiler/check/check.ts';
import type { ModelInstance } from '../compiler/elaborate/model.ts';
import { showType } from '../compiler/ir/type.ts';
import { countParams } from '../compiler/ir/weights.ts';
import { EXIT, type Exit } from './exit.ts';
import { openSpecFile } from './open-file.ts';
import { packageRoot } from './package-root.ts';
import { hasErrors, renderAll } from './say.ts';
import { alignRows } from './table.ts';
import { openTerminal } from './terminal.ts';

const millions = (count: number): string => `${(count / 1e6).toFixed(2)}M`;

function row({ symbol, target, inference, training }: ModelInstance): string[] {
  const { trained, frozen } = countParams(training);
  const typed = (name: string | undefined, value: number): string =>
    `${name} ${showType(inference.values[value]!.type)}`;
  return [
    target === '' ? symbol.decl.name.text : target.replace(/^preset "(.*)"$/, '$1'),
    millions(trained),
    millions(frozen),
    inference.inputs.map(({ name, value }) => typed(name, value)).join(', '),
    `→ ${inference.results.map(({ name, value }) => typed(name, value)).join(', ')}`,
  ];
}

const terminal = openTerminal();
const specs = path.join(packageRoot, 'specs');
let exit: Exit = EXIT.fine;
let models = 0;
for (const name of readdirSync(specs, { recursive: true, encoding: 'utf8' }).sort()) {
  if (!name.endsWith('.dit')) continue;
  const file = path.relative('.', path.join(specs, name));
  const spec = await openSpecFile(file);
  const checked = 'exit' in spec ? { diagnostics: [spec.diagnostic], models: [] } : checkSpec(spec);
  models += checked.models.length;
  terminal.say(renderAll(checked.diagnostics, terminal.color.say));
  if (hasErrors(checked.diagnostics)) exit = EXIT.faults;
  if (checked.models.length === 0) continue;
  const rows = [['', 'params', 'frozen', 'inputs', 'outputs'], ...checked.models.map(row)];
  const lines = alignRows(rows, ' >>').map((line) => `  ${line}\n`);
  terminal.out(`${file}\n${lines.join('')}\n`);
}
terminal.out(exit === EXIT.fine ? `${models} models, no errors\n` : 'there are errors\n');
process.exitCode = exit;
