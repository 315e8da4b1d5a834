/** The folder of this package, wherever the code runs from: a checkout, its bundle, or node_modules. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = ((): string => {
  const start = path.dirname(fileURLToPath(import.meta.url));
  let folder = start;
  while (!existsSync(path.join(folder, 'specs', 'std'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package around ${start}`);
    folder = parent;
  }
  return folder;
})();
