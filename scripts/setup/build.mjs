// The app's build in out/, made anew when its sources or the Electron that runs it have changed.
import * as fs from 'node:fs';
import path from 'node:path';
import { sha256 } from './cache.mjs';
import { projectNode } from './packages.mjs';
import { run } from './processes.mjs';
import { SetupError, step } from './say.mjs';

const SOURCES = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'package-lock.json',
  'tsconfig.json',
];
const STAMP = 'out/.built-from';

/** @param {{ major: string }} electron its version decides what syntax the build may use */
export async function buildApp(root, electron) {
  const stamp = path.join(root, STAMP);
  const sources = fingerprint(root) + electron.major;
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === sources) return;
  await step('the app: electron-vite build', async () => {
    fs.rmSync(stamp, { force: true });
    const cli = path.join(root, 'node_modules/electron-vite/dist/cli.js');
    const built = await run(projectNode(root), [cli, 'build', '--logLevel', 'warn'], {
      cwd: root,
      env: { ELECTRON_MAJOR_VER: electron.major },
    });
    if (!built.ok) throw new SetupError('The app does not build.', 'npm run types', built.tail);
    fs.writeFileSync(stamp, sources);
  });
}

function fingerprint(root) {
  const parts = [];
  const add = (name) => {
    const file = path.join(root, name);
    if (!fs.existsSync(file)) return;
    if (fs.statSync(file).isDirectory())
      for (const entry of fs.readdirSync(file).sort()) add(path.join(name, entry));
    else parts.push(`\n${name}\n`, fs.readFileSync(file));
  };
  for (const source of SOURCES) add(source);
  return sha256(...parts);
}
