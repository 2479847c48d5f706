// Which TensorFlow library to load. There is no fallback: either one was put there on purpose, or an error.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

export type EngineChoice =
  /** The addon that set-up built, its TensorFlow libraries beside it. */
  | { origin: 'set-up'; binding: string }
  /** What the package's own installer left in node_modules, run by set-up on purpose. */
  | { origin: 'package installer' };

const REMEDY = 'Run `npm run setup` in the Gardenpath folder.';

/** Set-up's note of the engine it chose; gone after `npm ci`, which takes the engine away too. */
type Note = { origin: 'set-up'; folder: string } | { origin: 'package installer' };

/**
 * @param packageJson path of the package.json of tfjs-node-gpu, as resolved
 * @param override GARDENPATH_ENGINE: a folder with `tfjs_binding.node` and its libraries
 * @throws AppError engine-missing
 */
export function locateEngine(packageJson: string, override: string | undefined): EngineChoice {
  // An installed app says where it keeps its engine, and brings the addon that goes beside it.
  const installed = process.env['GARDENPATH_ADDON'] !== undefined;
  if (override) return builtIn(override, installed ? 'Get TensorFlow on the start page.' : 'Correct or unset GARDENPATH_ENGINE.'); // prettier-ignore
  const nodeModules = dirname(dirname(dirname(packageJson)));
  const noteFile = join(nodeModules, '.gardenpath', 'engine.json');
  if (!existsSync(noteFile))
    throw new AppError('engine-missing', `TensorFlow is not set up yet. ${REMEDY}`, noteFile);
  const note = JSON.parse(readFileSync(noteFile, 'utf8')) as Note;
  return note.origin === 'set-up' ? builtIn(note.folder, REMEDY) : note;
}

function builtIn(folder: string, remedy: string): EngineChoice {
  const binding = join(folder, 'tfjs_binding.node');
  if (!existsSync(binding))
    throw new AppError('engine-missing', `No TensorFlow engine in ${folder}. ${remedy}`);
  return { origin: 'set-up', binding };
}
