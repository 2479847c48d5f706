// The one place where TensorFlow is loaded: tfjs with its native backend, never another.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import util from 'node:util';
import type * as Tf from '@tensorflow/tfjs-node-gpu';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import type { EngineInfo } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { prepareEnvironment } from './environment.ts';
import { locateEngine, type EngineChoice } from './locate.ts';

export interface Engine {
  tf: typeof Tf;
  /** Runs any TensorFlow operation by name: executeSingleOutput, executeMultipleOutputs. */
  backend: NodeJSKernelBackend;
  binding: TFJSBinding;
  info: EngineInfo;
}

let engine: Engine | undefined;

/**
 * TensorFlow, loaded once a thread. Its calls block the thread.
 * @throws AppError engine-missing: not set up, or its library does not load here
 */
export function loadEngine(): Engine {
  return (engine ??= load());
}

function load(): Engine {
  prepareEnvironment();
  // tfjs-node 4.22 calls both: the first is gone since Node 23, the second warns on every use.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
  const require = createRequire(import.meta.url);
  const choice = locateEngine(packageJson(require), process.env['GARDENPATH_ENGINE']);
  const tf = requireTf(require, choice);
  if (tf.getBackend() !== 'tensorflow')
    throw new AppError('engine-missing', `tfjs chose its backend "${tf.getBackend()}" over TensorFlow's.`); // prettier-ignore
  const backend = tf.backend() as NodeJSKernelBackend;
  return { tf, backend, binding: backend.binding, info: describe(backend, choice) };
}

function packageJson(require: NodeJS.Require): string {
  try {
    return require.resolve('@tensorflow/tfjs-node-gpu/package.json');
  } catch (error) {
    throw new AppError('engine-missing', 'The node packages are not installed. Run `npm run setup`.', String(error)); // prettier-ignore
  }
}

/** tfjs-node asks node-pre-gyp where its addon lies; answer for it, so that node_modules stays as installed. */
function requireTf(require: NodeJS.Require, choice: EngineChoice): typeof Tf {
  if (choice.origin === 'set-up') {
    const own = createRequire(packageJson(require));
    const id = own.resolve('@mapbox/node-pre-gyp');
    const answer = { id, filename: id, loaded: true, children: [], paths: [], exports: { find: () => choice.binding } }; // prettier-ignore
    own.cache[id] = answer as unknown as NodeJS.Module;
  }
  try {
    return require('@tensorflow/tfjs-node-gpu') as typeof Tf;
  } catch (error) {
    throw new AppError(
      'engine-missing',
      'The TensorFlow library does not load on this machine. `npm run setup -- --rebuild` builds it anew.',
      error instanceof Error ? error.message : String(error),
    );
  }
}

function describe(backend: NodeJSKernelBackend, choice: EngineChoice): EngineInfo {
  const onGpu = backend.binding.isUsingGpuDevice();
  return {
    tensorflowVersion: backend.binding.TF_Version,
    device: onGpu ? 'GPU' : 'CPU',
    deviceName: onGpu ? gpuName() : (os.cpus()[0]?.model.trim() ?? os.arch()),
    origin: choice.origin,
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || os.availableParallelism(),
  };
}

/** The C API that the addon shows has no device names, so the driver's own tool is asked. */
function gpuName(): string {
  const asked = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8', timeout: 5_000 }); // prettier-ignore
  return asked.stdout?.split('\n')[0]?.trim() || 'GPU';
}
