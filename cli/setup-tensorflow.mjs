/**
 * Makes the engine `tensorflow` on a machine where the install script of @tensorflow/tfjs-node-gpu could not download its
 * library: takes the same library out of TensorFlow's Python wheel, which PyPI has, and compiles the package's binding
 * against it. Needs pip, a C++ compiler and the headers of this Node; asks nothing of the network but PyPI. Run again, it
 * only checks. `--from FOLDER` links a `tensorflow` folder that is already installed for Python (with CUDA, a GPU is used).
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const VERSION = '2.20.0';
const WHEEL = `tensorflow-cpu==${VERSION}`;
const root = fileURLToPath(new URL('..', import.meta.url));
const cache = path.join(root, 'node_modules', '.cache', 'ditc-tensorflow');
const require = createRequire(import.meta.url);

const say = (text) => process.stderr.write(`${text}\n`);

function refuse(message, help) {
  say(`ditc: ${message}\n  = help: ${help}`);
  process.exit(3);
}

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: 'utf8', ...options });
const works = (command, args) => run(command, args).status === 0;

/** The package whose binding is made: the one with a GPU, or the other where that is what is installed. */
function findPackage() {
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      return path.dirname(require.resolve(`${name}/package.json`, { paths: [root] }));
    } catch {
      // the next one
    }
  }
  return refuse(
    '@tensorflow/tfjs-node-gpu is not installed',
    'run `npm install @tensorflow/tfjs-node-gpu@4.22.0 --no-save --ignore-scripts` first',
  );
}

/** Where the package looks for its binding under this Node. */
const bindingOf = (folder) =>
  createRequire(path.join(folder, 'package.json'))('@mapbox/node-pre-gyp').find(path.join(folder, 'package.json'));

/** What is wrong with a binding, in a process of its own; nothing where it loads. */
function fault(binding) {
  if (!existsSync(binding)) return 'there is none';
  const { status, stderr } = run(process.execPath, ['-e', `require(${JSON.stringify(binding)})`], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  return status === 0 ? undefined : (stderr.split('\n').find((line) => line.includes('Error')) ?? 'it does not load');
}

/** Headers of this Node, which come with it: npm sources of headers are not asked. */
function nodeHeaders() {
  const places = [process.env.npm_config_nodedir, path.join(process.execPath, '..', '..')].filter(Boolean);
  const found = places
    .map((place) => path.resolve(place, 'include', 'node'))
    .find((place) => existsSync(path.join(place, 'node_api.h')));
  return (
    found ??
    refuse(
      `the headers of Node ${process.version} are not beside it (${path.resolve(process.execPath, '..', '..', 'include', 'node')})`,
      'install Node with its headers, as from nodejs.org, or name its folder: `npm run setup:tensorflow --nodedir=/usr`',
    )
  );
}

function compiler() {
  const found = [process.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean).find((name) => works(name, ['--version']));
  return found ?? refuse('there is no C++ compiler', 'install one, for example `apt-get install g++`, and try again');
}

function pip() {
  for (const python of ['python3', 'python']) if (works(python, ['-m', 'pip', '--version'])) return python;
  return refuse(
    'there is no pip to ask PyPI with',
    'install one, for example `apt-get install python3-pip`, and try again',
  );
}

/** Everything of the wheel that the binding needs: two libraries, and the headers of the C interface. */
const isWanted = (name) =>
  /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name) ||
  /^tensorflow\/include\/(tensorflow\/(c|core\/platform)|tsl|xla\/tsl)\/.*\.h$/.test(name);

async function unpack(wheel, into) {
  const yauzl = await import('yauzl');
  const zip = await new Promise((resolve, reject) => {
    yauzl.open(wheel, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const stream = (entry) =>
    new Promise((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
  await new Promise((resolve, reject) => {
    zip.on('error', reject).on('end', resolve);
    zip.on('entry', async (entry) => {
      try {
        if (isWanted(entry.fileName)) {
          const file = path.join(into, entry.fileName);
          mkdirSync(path.dirname(file), { recursive: true });
          await pipeline(await stream(entry), createWriteStream(file));
        }
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.readEntry();
  });
  zip.close();
}

/** The folder `tensorflow` of the wheel, downloaded once. */
async function download() {
  const folder = path.join(cache, VERSION);
  if (existsSync(folder)) return path.join(folder, 'tensorflow');
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  if (process.platform !== 'linux' || arch === undefined) {
    refuse(
      `there is no recipe for ${process.platform} ${process.arch}`,
      'try the install script of the package itself: `npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false`',
    );
  }
  mkdirSync(cache, { recursive: true });
  const wheels = () => readdirSync(cache).filter((name) => name.endsWith('.whl') && name.includes(VERSION));
  if (wheels().length === 0) {
    say(`downloading ${WHEEL} from PyPI (about 250 MB)`);
    const tags = ['--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312'];
    const platforms = ['manylinux_2_17', 'manylinux2014', 'manylinux_2_27'].flatMap((tag) => [
      '--platform',
      `${tag}_${arch}`,
    ]);
    const args = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      ...tags,
      ...platforms,
      '--dest',
      cache,
      WHEEL,
    ];
    const { status, stderr } = run(pip(), [...args, '--quiet', '--disable-pip-version-check']);
    if (status !== 0) {
      say(stderr.trim());
      refuse(
        `${WHEEL} could not be downloaded`,
        'see what pip says above; with `--from FOLDER` a TensorFlow of Python is used',
      );
    }
  }
  const wheel = path.join(cache, wheels()[0]);
  say('unpacking its libraries (780 MB)');
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    await unpack(wheel, part);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    rmSync(wheel, { force: true });
    refuse(`the wheel could not be unpacked: ${error.message}`, 'check the space on the disk and try again');
  }
  renameSync(part, folder);
  rmSync(wheel);
  return path.join(folder, 'tensorflow');
}

/** Compiles the binding and puts it in its place when it is whole. */
function build(folder, binding, tensorflow) {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) =>
    path.join(tensorflow, name),
  );
  const absent = [...libraries, path.join(tensorflow, 'include')].find((file) => !existsSync(file));
  if (absent !== undefined) refuse(`${absent} is not there`, 'name the folder `tensorflow` inside of `site-packages`');
  say('compiling the binding');
  mkdirSync(path.dirname(binding), { recursive: true });
  const temporary = `${binding}.${process.pid}.tmp`;
  // found beside the checkout wherever that is moved, or else where the libraries are now
  const near = path.relative(path.dirname(binding), tensorflow);
  const rpaths = tensorflow.startsWith(root) ? [`$ORIGIN/${near}`, tensorflow] : [tensorflow];
  const args = [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
    ...[folder, path.join(tensorflow, 'include'), nodeHeaders()].flatMap((place) => ['-I', place]),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name)),
    ...['-o', temporary, ...libraries, ...rpaths.map((place) => `-Wl,-rpath,${place}`)],
  ];
  const { status, stderr } = run(compiler(), args);
  if (status !== 0) {
    rmSync(temporary, { force: true });
    say(stderr.split('\n').slice(0, 20).join('\n'));
    refuse('the binding does not compile', 'see what the compiler says above');
  }
  renameSync(temporary, binding);
}

const from = process.argv.includes('--from') ? process.argv[process.argv.indexOf('--from') + 1] : undefined;
if (process.argv.includes('--from') && from === undefined) {
  refuse('`--from` wants a folder', 'name the folder `tensorflow` inside of `site-packages`');
}
const folder = findPackage();
const binding = bindingOf(folder);
if (from === undefined && fault(binding) === undefined) {
  say('tensorflow: the binding is there and loads');
} else {
  const tensorflow = from === undefined ? await download() : path.resolve(from);
  build(folder, binding, tensorflow);
  const wrong = fault(binding);
  if (wrong !== undefined)
    refuse(`the binding was made but does not load: ${wrong}`, 'report this with the line above');
  say('tensorflow: the binding was made and loads');
}
