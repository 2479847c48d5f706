// The engine: the addon of tfjs-node-gpu, compiled from the package's own source against the TensorFlow
// library of a PyPI wheel, in a folder of the cache whose name says what it was made of.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildOnce, cacheFolder, readJson, readNote, sha256, writeNote } from './cache.mjs';
import { TENSORFLOW_VERSION, WHEELS } from './engine-pins.mjs';
import { projectNode } from './packages.mjs';
import { run } from './processes.mjs';
import { SetupError, say, step } from './say.mjs';
import { needCompiler, needPython, which } from './system.mjs';

const PACKAGE = 'node_modules/@tensorflow/tfjs-node-gpu';
const BINDING = 'tfjs_binding.node';

/** What of a wheel is kept: libraries, the C API's headers, and CUDA's libraries and device code. */
const KEPT =
  String.raw`tensorflow/(libtensorflow_(cc|framework)\.so\.2$` +
  String.raw`|include/(tensorflow/c|tensorflow/core/platform|tsl/c|tsl/platform|xla/tsl/c)/.*\.h$)` +
  String.raw`|nvidia/[^/]+/(lib/.*\.so[.\d]*$|bin/ptxas$|nvvm/)`;

const UNPACK = `
import glob, re, sys, zipfile
for wheel in glob.glob(sys.argv[1] + '/*.whl'):
    with zipfile.ZipFile(wheel) as z:
        z.extractall(sys.argv[2], [n for n in z.namelist() if re.match(sys.argv[3], n)])
`;

/** What the addon has besides tfjs's own source: operations of ours, and what they include. */
const OWN = [
  'adamw.cc',
  'attention.cc',
  'bfloat16.cc',
  'layer-norm.cc',
  'output-layer.cc',
  'tiles.cc',
  'operation.h',
  'pieces.h',
].map((file) => `src/main/lab/engine/own/${file}`);

const COMPILE = [
  ...[
    '-std=c++17',
    '-O3',
    '-fno-loop-unroll-and-jam', // joins two rounds of a loop over sums of vectors so that neither is made of vectors
    '-fno-math-errno',
    '-fPIC',
    '-shared',
    '-fvisibility=hidden',
    '-DNAPI_VERSION=8',
  ],
  ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
  '-Wl,-rpath,$ORIGIN/tensorflow',
  // Node closes an addon with the last thread that has it; TensorFlow keeps the operation that came with it for good.
  '-Wl,-z,nodelete',
];

/**
 * The variant of this machine: the one asked for now, which is kept in the cache, else the one asked
 * for before (by whichever clone, whatever npm did to node_modules since), else the CPU's.
 * @param {'cpu' | 'gpu' | undefined} asked
 * @returns {'cpu' | 'gpu'}
 */
export function engineVariant(asked, cache = cacheFolder()) {
  const file = path.join(cache, 'engine-variant.json');
  if (asked === undefined) return readJson(file) ?? 'cpu';
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(file, JSON.stringify(asked));
  return asked;
}

/** The engine's folder in the cache; null where no wheel fits and the package's installer is run. */
export function engineFolder(root, variant, cache = cacheFolder()) {
  const kind = `${variant}-${process.platform}-${process.arch}`;
  const wheels = WHEELS[kind];
  if (wheels === undefined) return null;
  const sources = path.join(root, PACKAGE, 'binding');
  const named = [...fs.readdirSync(sources).sort().map((file) => path.join(sources, file)), ...OWN.map((file) => path.join(root, file))]; // prettier-ignore
  const files = named.map((file) => fs.readFileSync(file));
  const made = sha256(JSON.stringify([wheels, KEPT, COMPILE]), ...files);
  return path.join(cache, `tensorflow-${TENSORFLOW_VERSION}-${kind}-${made.slice(0, 8)}`);
}

/** Whether the engine of this variant is in place and noted for the loader. */
export function engineReady(root, variant) {
  if (process.env.GARDENPATH_ENGINE) return true; // someone brought their own
  const note = readNote(root, 'engine');
  if (note?.variant !== variant) return false;
  const folder = engineFolder(root, variant);
  if (folder === null) return note.origin === 'package installer' && installedByPackage(root);
  return note.folder === folder && fs.existsSync(path.join(folder, BINDING));
}

export async function makeEngine(root, variant, rebuild, started) {
  const folder = engineFolder(root, variant);
  if (folder === null) return runPackageInstaller(root, variant, started);
  if (rebuild) fs.rmSync(folder, { recursive: true, force: true });
  await buildOnce(path.basename(folder), (unfinished) => build(root, variant, unfinished, started), path.dirname(folder)); // prettier-ignore
  writeNote(root, 'engine', { origin: 'set-up', variant, folder });
  if (variant === 'gpu' && !fs.existsSync('/proc/driver/nvidia/version'))
    say('engine: no NVIDIA driver on this machine, so TensorFlow will compute on the CPU here');
}

async function build(root, variant, folder, started) {
  await needPython();
  await needCompiler();
  const wheels = WHEELS[`${variant}-${process.platform}-${process.arch}`];
  await step(`engine: TensorFlow ${TENSORFLOW_VERSION} for ${variant.toUpperCase()} (${wheels.downloadMb} MB)`, () => unpackWheels(wheels, folder, started)); // prettier-ignore
  await step('engine: its tie to Node, compiled', () => compile(root, folder));
  if (variant === 'gpu') await checkCudaLibraries(folder);
  await step('engine: a first multiplication', () => smoke(root, folder));
}

/** Downloads pinned wheels with pip, which refuses any other content, and unpacks what is needed. */
export async function unpackWheels({ platforms, requirements }, folder, started) {
  const wheels = path.join(folder, 'wheels');
  fs.mkdirSync(wheels);
  const list = path.join(wheels, 'requirements.txt');
  fs.writeFileSync(list, requirements.join('\n'));
  const got = await run(
    'python3',
    [
      ...['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--require-hashes'],
      ...['--only-binary', ':all:', '--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'], // prettier-ignore
      ...platforms.flatMap((platform) => ['--platform', platform]),
      ...['--disable-pip-version-check', '--quiet', '-d', wheels, '-r', list],
    ],
    { started },
  );
  if (!got.ok) {
    const tampered = got.tail.includes('DO NOT MATCH THE HASHES');
    throw new SetupError(
      tampered ? 'TensorFlow’s wheel is not the one that was pinned (sha256). It was not used.' : 'TensorFlow could not be downloaded.', // prettier-ignore
      tampered ? 'Check what your pip is set to download from: python3 -m pip config list' : 'Check the network (python3 -m pip download tensorflow-cpu==2.15.1 must find it), then run it again.', // prettier-ignore
      got.tail,
    );
  }
  const unpacked = await run('python3', ['-c', UNPACK, wheels, folder, KEPT]);
  if (!unpacked.ok)
    throw new SetupError('TensorFlow’s wheel could not be unpacked.', `Is the disk full? (${folder})`, unpacked.tail); // prettier-ignore
  fs.rmSync(wheels, { recursive: true });
}

async function compile(root, folder) {
  const tensorflow = path.join(folder, 'tensorflow');
  const libraries = ['cc', 'framework'].map((part) => path.join(tensorflow, `libtensorflow_${part}.so.2`)); // prettier-ignore
  // Static symbols are a quarter of the libraries, and nobody looks at them.
  if (which('strip')) await run('strip', ['--strip-unneeded', ...libraries]);
  const binding = path.join(root, PACKAGE, 'binding');
  const done = await run('g++', [
    path.join(binding, 'tfjs_backend.cc'),
    path.join(binding, 'tfjs_binding.cc'),
    ...OWN.filter((file) => file.endsWith('.cc')).map((file) => path.join(root, file)),
    ...['-I', path.join(root, 'node_modules/node-api-headers/include')],
    ...['-I', path.join(tensorflow, 'include'), '-L', tensorflow],
    ...COMPILE,
    ...['-o', path.join(folder, BINDING)],
  ]);
  if (!done.ok) throw new SetupError('g++ could not compile the engine.', 'g++ ≥ 9 is needed: sudo apt-get install -y g++', done.tail); // prettier-ignore
  fs.rmSync(path.join(tensorflow, 'include'), { recursive: true });
}

/** Every CUDA library finds what it links to; only the driver's own are left to the machine. */
async function checkCudaLibraries(folder) {
  const nvidia = path.join(folder, 'nvidia');
  const libraries = fs
    .readdirSync(nvidia, { recursive: true })
    .filter((file) => file.includes('.so'));
  for (const library of libraries) {
    const linked = await run('ldd', [path.join(nvidia, library)], { env: { LC_ALL: 'C' } });
    const lost = linked.stdout.split('\n').filter((line) => line.includes('not found') && !/libcuda|libnvidia/.test(line)); // prettier-ignore
    if (lost.length > 0) throw new SetupError(`${library} lacks ${lost.join(', ').trim()}.`, 'Report it: the pinned CUDA wheels do not fit each other.'); // prettier-ignore
  }
  say(`engine: ${libraries.length} CUDA libraries lie where TensorFlow looks for them`);
}

async function smoke(root, folder) {
  const done = await run(projectNode(root), [path.join(root, 'scripts/setup/smoke.mjs')], {
    env: { GARDENPATH_ENGINE: folder, NODE_NO_WARNINGS: '1' },
  });
  if (done.ok) return;
  const cpu = process.arch === 'x64' && fs.existsSync('/proc/cpuinfo') ? fs.readFileSync('/proc/cpuinfo', 'utf8') : 'avx'; // prettier-ignore
  throw cpu.includes('avx')
    ? new SetupError('The engine was built but does not run here.', undefined, done.tail)
    : new SetupError(`TensorFlow needs a processor with AVX; this one (${os.cpus()[0]?.model}) has none.`); // prettier-ignore
}

function installedByPackage(root) {
  const lib = path.join(root, PACKAGE, 'lib');
  return fs.existsSync(lib) && fs.readdirSync(lib).some((napi) => fs.existsSync(path.join(lib, napi, BINDING))); // prettier-ignore
}

/** Windows, macOS: the package's own install script, run on purpose; it downloads TensorFlow 2.9 or older. */
async function runPackageInstaller(root, variant, started) {
  if (variant === 'gpu' && process.platform !== 'win32')
    throw new SetupError(`There is no GPU engine for ${process.platform}-${process.arch}.`, 'npm run setup -- --cpu'); // prettier-ignore
  const folder = path.join(root, PACKAGE);
  const bin = path.join(root, 'node_modules/.bin');
  await step('engine: the installer of tfjs-node-gpu', async () => {
    const done = await run(projectNode(root), ['scripts/install.js', variant, 'download'], {
      cwd: folder,
      env: { PATH: `${bin}${path.delimiter}${process.env.PATH}` },
      show: true,
      started,
    });
    if (!done.ok || !installedByPackage(root))
      throw new SetupError(
        `TensorFlow’s installer failed on ${process.platform}-${process.arch}.`,
        'It downloads from Google’s storage: try from a network that lets it through.',
        done.tail,
      );
  });
  writeNote(root, 'engine', { origin: 'package installer', variant });
}
