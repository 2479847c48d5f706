// Set-up: each part says whether it is ready (quickly, without the network) and else makes itself so.
import path from 'node:path';
import { withLock } from './cache.mjs';
import { electronReady, makeElectron } from './electron.mjs';
import { engineReady, engineVariant, makeEngine } from './engine.mjs';
import { installPackages, packagesReady } from './packages.mjs';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * @typedef {{ gpu?: boolean, cpu?: boolean, rebuild?: boolean, electron?: boolean }} Wishes
 * gpu, cpu: that engine, instead of the one chosen before; rebuild: anew, though it is there;
 * electron: try its own download again
 * @param {('engine' | 'electron')[]} parts beside the node packages, which everything needs
 * @param {Wishes} [wishes]
 */
export async function setUp(parts, wishes = {}) {
  const variant = engineVariant(wishes.gpu ? 'gpu' : wishes.cpu ? 'cpu' : undefined);
  const all = [
    { ready: () => packagesReady(ROOT), make: (started) => installPackages(ROOT, started) },
    parts.includes('engine') && {
      ready: () => !wishes.rebuild && engineReady(ROOT, variant),
      make: (started) => makeEngine(ROOT, variant, wishes.rebuild, started),
    },
    parts.includes('electron') && {
      ready: () => electronReady(ROOT, wishes.electron),
      make: (started) => makeElectron(ROOT, wishes.electron, started),
    },
  ].filter(Boolean);
  if (all.every(({ ready }) => ready())) return;
  await withLock(ROOT, async (started) => {
    for (const { ready, make } of all) if (!ready()) await make(started);
  });
}
