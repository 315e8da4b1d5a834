/**
 * Goldens that are prints: a text is compared with its file in `test/golden`, and `npm run golden` writes the files anew. A
 * missing file fails, and so does a file of the folder that no test asks for.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as assert from 'uvu/assert';

const rewrite = process.env.GOLDEN === 'write';

export interface Goldens {
  /** compares, or writes when asked to */
  check(name: string, text: string): void;
  /** after all tests of the folder */
  noOrphans(): void;
}

export function goldensIn(folder: string): Goldens {
  const root = path.join(import.meta.dirname, 'golden', folder);
  const asked = new Set<string>();
  return {
    check(name, text) {
      asked.add(name);
      const file = path.join(root, name);
      if (rewrite) {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        return;
      }
      assert.ok(existsSync(file), `${name} is missing: \`npm run golden\` writes it`);
      assert.fixture(text, readFileSync(file, 'utf8'));
    },
    noOrphans() {
      const files = existsSync(root)
        ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => path.extname(name) !== '')
        : [];
      const orphans = files.filter((name) => !asked.has(name) && name !== 'README.md');
      if (rewrite) for (const name of orphans) rmSync(path.join(root, name));
      else assert.equal(orphans, []);
    },
  };
}
