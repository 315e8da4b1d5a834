/**
 * Where the texts of imports come from: `std.blocks` from this package, `"./dit.dit"` from the disk beside the importing
 * file. A spec may be a stranger's, so imports stay inside its project and name `.dit` files only: a message about a
 * file would otherwise show a part of any file of this machine.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Loaded, Loader } from '../compiler/elaborate/load.ts';
import { nearest } from '../dsl/suggest.ts';
import { packageRoot } from './package-root.ts';
import { readFileSource } from './read-source.ts';

/** The specs of this package may be imported from anywhere. */
const specs = path.join(packageRoot, 'specs');
const std = path.join(specs, 'std');

const inside = (folder: string, file: string): boolean => {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
};

const real = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
};

/**
 * The folder that imports may not leave: the nearest root of a repository or a package at or above, else the folder that
 * the command runs in if the file is below it, else the file's own.
 */
function projectOf(folder: string): string {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    if (['.git', 'package.json', 'pyproject.toml'].some((mark) => existsSync(path.join(at, mark)))) return at;
  }
  return inside(real('.'), folder) ? real('.') : folder;
}

/** What is shown for the text that came from standard input. */
const STDIN = '<stdin>';

/** `std.blocks` for a file of the standard library, else the file itself: the id by which the compiler knows it. */
function idOf(file: string): string {
  const library = real(std);
  if (!inside(library, file)) return file;
  return `std.${path.relative(library, file).slice(0, -'.dit'.length).split(path.sep).join('.')}`;
}

/** The entry file, whose text has been read, as named by a person: a path or `-`. */
export function entryOf(name: string, text: string): Loaded {
  if (name === '-') return { id: path.join(real('.'), STDIN), source: { path: STDIN, text } };
  return { id: idOf(real(name)), source: { path: name, text } };
}

/** A loader for the imports of one entry file. Each file is read once. */
export function diskLoader(entry: Loaded): Loader {
  const isStdin = entry.source.path === STDIN;
  const start = isStdin ? entry.id : real(entry.source.path);
  const project = projectOf(path.dirname(start));
  /** by id: the file, and the path that is shown for it */
  const files = new Map([[entry.id, { file: start, show: isStdin ? STDIN : entry.source.path }]]);
  const known = new Map<string, ReturnType<Loader['load']>>();

  function read(file: string, show: string): ReturnType<Loader['load']> {
    const id = idOf(file);
    const before = known.get(id);
    if (before !== undefined) return before;
    const result = readFileSource(file);
    files.set(id, { file, show });
    const loaded = 'text' in result ? { id, source: { path: show, text: result.text } } : explain(result.problem);
    known.set(id, loaded);
    return loaded;
  }

  return {
    load({ kind, text }, from = entry.id) {
      if (kind === 'module') {
        const file = path.join(std, `${text.replace(/^std\./, '').replaceAll('.', '/')}.dit`);
        if (text.startsWith('std.') && existsSync(file)) return read(real(file), `${text.replaceAll('.', '/')}.dit`);
        return unknownModule(text);
      }
      if (!text.endsWith('.dit')) {
        return { problem: 'it does not end in `.dit`', help: 'write the whole name of the file' };
      }
      const importer = files.get(from)!;
      const file = real(path.resolve(path.dirname(importer.file), text));
      if (!inside(project, file) && !inside(real(specs), file)) {
        return { problem: 'it leads out of the project', help: `imports stay inside ${showFolder(project)}` };
      }
      return read(file, path.isAbsolute(text) ? file : path.normalize(path.join(path.dirname(importer.show), text)));
    },
  };
}

const explain = ({ message, help }: { message: string; help?: string }) => ({
  problem: message,
  ...(help && { help }),
});

const showFolder = (folder: string): string => path.relative('.', folder) || 'this folder';

function unknownModule(text: string): { problem: string; help?: string } {
  const modules = readdirSync(std, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dit'))
    .map((name) => `std.${name.slice(0, -'.dit'.length).split(path.sep).join('.')}`)
    .sort();
  const close = nearest(text, modules);
  return {
    problem: 'there is no such module',
    help: close ? `did you mean \`${close}\`?` : `there are ${modules.map((name) => `\`${name}\``).join(', ')}`,
  };
}
