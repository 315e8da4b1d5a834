/** What keeps the tree in shape: which way imports point, what is loaded when, and how files look. */
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Import, reach, read, type SourceFile, sourceFiles, trackedFiles } from './source-tree.ts';

const files = sourceFiles();
const all = [...files.values()];

/** Each folder with those it may import from. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  dsl: ['dsl'],
  compiler: ['dsl', 'compiler'],
  runtime: ['dsl', 'compiler', 'runtime'],
  cli: ['dsl', 'compiler', 'runtime', 'cli'],
  examples: ['dsl', 'compiler', 'runtime', 'examples'],
  test: ['dsl', 'compiler', 'runtime', 'cli', 'examples', 'test'],
};

const TOP_LEVEL = [
  'dsl compiler runtime specs examples test cli docs .ci',
  'package.json package-lock.json tsconfig.json biome.json README.md CHANGELOG.md LICENSE .gitignore .npmrc',
]
  .join(' ')
  .split(' ');

/** Packages that take long to load or may be absent, and the folders that may name them. */
const HEAVY: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['runtime/engines/onnx'],
  '@tensorflow': [
    'runtime/engines',
    'compiler/lower/tfjs',
    'compiler/lower/typescript/support',
    'runtime/layers',
    'examples',
  ],
  'ts-morph': ['compiler/lower/typescript'],
  elkjs: ['compiler/view'],
  webgpu: ['runtime/engines/webgpu'],
};

const heavy = (name: string): string | undefined =>
  Object.keys(HEAVY).find((key) => name === key || name.startsWith(`${key}/`));

const top = (file: string): string => file.split('/', 1)[0]!;
const none = (faults: readonly string[]): void => assert.is(faults.join('\n'), '');
const every = (rule: (file: SourceFile) => string | undefined | false): void =>
  none(all.flatMap((file) => rule(file) || []).sort());

test('the tree is found', () => {
  assert.ok(files.has('test/architecture.test.ts') && files.has('cli/main.ts') && files.has('dsl/span.ts'));
  const own = files.get('test/architecture.test.ts')!.imports;
  assert.ok(own.some(({ to, kind }) => to === 'test/source-tree.ts' && kind === 'value'));
});

test('the top level is fixed', () => {
  const names = [...new Set(trackedFiles().map(top))];
  none(names.filter((name) => !TOP_LEVEL.includes(name)));
});

test('imports point backward along dsl, compiler, runtime, cli', () => {
  none(
    all.flatMap(({ path: from, imports }) =>
      imports
        .filter(({ to }) => /\.(ts|mjs)$/.test(to) && !LAYERS[top(from)]!.includes(top(to)))
        .map(({ to }) => `${from} must not import ${to}`),
    ),
  );
});

test('imported files exist and are named with their extension', () => {
  none(
    all.flatMap(({ path: from, imports }) =>
      imports
        .filter(({ to }) => to.includes('/') && !to.startsWith('@') && !to.startsWith('node:'))
        // emitted modules name files as they will be compiled
        .filter(({ to }) => !files.has(to) && !files.has(to.replace(/\.js$/, '.ts')))
        .filter(({ to }) => !to.startsWith('dist/') && !/\.(json|dit|safetensors|wasm)$/.test(to))
        .map(({ to }) => `${from} imports ${to}, which is not there`),
    ),
  );
});

test('no cycles between modules (types may refer to each other)', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const { to, kind } of files.get(file)?.imports ?? []) if (kind === 'value') walk(to, [...trail, file]);
    done.add(file);
  };
  for (const file of files.keys()) walk(file, []);
  none(cycles);
});

test('every file is reached from an entry or a test', () => {
  // a script for pages is read as text, a child process is started, by the name that stands in a file beside it
  const isNamed = (file: string): boolean =>
    all.some(
      ({ path: other, text }) =>
        path.posix.dirname(other) === path.posix.dirname(file) && text.includes(`'${path.posix.basename(file)}'`),
    );
  const scripts = Object.values<string>(JSON.parse(read('package.json')).scripts).join(' ');
  const entries = [...files.keys()].filter(
    (file) =>
      file.endsWith('.test.ts') ||
      /^(examples|test\/bench)\//.test(file) ||
      ['cli/ditc.mjs', 'cli/layers.ts', 'cli/main.ts', 'cli/start.ts'].includes(file) ||
      scripts.split(' ').includes(file) ||
      isNamed(file),
  );
  const reached = reach(files, entries, ['value', 'type', 'dynamic']);
  none([...files.keys()].filter((file) => !reached.has(file)));
});

test('heavy packages are named only where they belong', () => {
  every(({ path: file, imports }) => {
    const wrong = imports.find(({ to, kind }) => {
      const key = kind === 'type' ? undefined : heavy(to);
      return key !== undefined && !HEAVY[key]!.some((folder) => file.startsWith(folder));
    });
    return wrong && top(file) !== 'test' && `${file} imports ${wrong.to}`;
  });
});

test('no command loads a heavy package before it needs it', () => {
  const commands = [...files.keys()].filter((file) => /^cli\/(main|commands\/.*)\.ts$/.test(file));
  assert.ok(commands.length > 1);
  const reached = reach(files, commands, ['value']);
  none([...reached].filter(([name]) => heavy(name)).map(([, trail]) => trail.join(' → ')));
});

test('a command is loaded only when it is named', () => {
  const reached = reach(files, ['cli/main.ts'], ['value']);
  none([...reached.keys()].filter((file) => file.startsWith('cli/commands/')));
  none([...reached.keys()].filter((file) => /^(compiler|runtime)\//.test(file)));
});

test('files are small', () => {
  // the whole syntax tree on one page is worth more than two halves of it
  const excepted = ['dsl/tree.ts'];
  every(({ path: file, text }) => {
    const lines = text.split('\n').length - 1;
    return lines > 300 && !excepted.includes(file) && `${file} has ${lines} lines`;
  });
});

test('file names are kebab-case and say something', () => {
  const empty = /^(utils?|helpers?|common|types|constants?|misc)$/;
  every(({ path: file }) => {
    const stem = path.posix.basename(file).replace(/(\.test|\.d)?\.\w+$/, '');
    return (empty.test(stem) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) && file;
  });
});

test('no default exports, enums or namespaces', () => {
  every(({ path: file, forbidden }) => forbidden.length > 0 && `${file} has ${forbidden.join(', ')}`);
});

test('no test is singled out', () => {
  every(({ path: file, text }) => file.endsWith('.test.ts') && /^\s*\w+\.only\(/m.test(text) && file);
});

test('every test file runs its tests', () => {
  every(({ path: file, text }) => file.endsWith('.test.ts') && !/^\w+\.run\(\);$/m.test(text) && file);
});

test('nothing names a machine, its folders or a registry', () => {
  const folders = ['work', 'home', 'root', 'Users'].join('|');
  const host = ['npm' + 'js', 'py' + 'pi', 'crates'].join('|');
  const words = new RegExp(`(?<![\\w.}*-])/(${folders})/|\\.\\./sha` + `red/|\\b(${host})\\.(org|com|io)\\b`);
  none(
    trackedFiles()
      .filter((file) => !/\.(png|safetensors|npy|bin|onnx|pt|gz|zip)$/.test(file))
      .flatMap((file) => {
        const found = words.exec(read(file));
        return found ? [`${file}: ${found[0]}`] : [];
      }),
  );
});

test('imports of type-only things are known as such', () => {
  // the scanner tells the three kinds apart: otherwise the rules above would mean nothing
  const kinds = new Set(all.flatMap(({ imports }) => imports.map(({ kind }: Import) => kind)));
  assert.equal([...kinds].sort(), ['dynamic', 'type', 'value']);
});

test.run();
