/** Runs an example as its first lines say, in a folder that goes away. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../cli/package-root.ts';
import { plainEnvironment } from '../cli/ditc.ts';
import { scratchFolder } from '../data/scratch.ts';

export interface ExampleRun {
  readonly code: number | null;
  /** what it printed, progress and messages included */
  readonly said: string;
  /** a file that it left */
  read(...names: string[]): Buffer;
  at(...names: string[]): string;
}

export function runExample(name: string, settings: Readonly<Record<string, string>> = {}): ExampleRun {
  const out = scratchFolder();
  const child = spawnSync('sh', [path.join('examples', name, 'run.sh')], {
    cwd: packageRoot,
    env: plainEnvironment({ OUT: out, ...settings }),
    encoding: 'utf8',
  });
  const at = (...names: string[]): string => path.join(out, ...names);
  return {
    code: child.status,
    said: `${child.stdout}${child.stderr}`,
    read: (...names) => readFileSync(at(...names)),
    at,
  };
}
