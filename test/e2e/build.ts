// Runs once before the end-to-end tests: builds the app for the Electron at hand, and says which it is.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findElectron, root } from './electron.ts';

export default function build(): void {
  const electron = findElectron();
  if (electron === null) {
    console.log('SKIPPED: every end-to-end test, since there is no Electron in node_modules/electron. Run `npm run setup`.'); // prettier-ignore
    return;
  }
  console.log(`End-to-end tests run in Electron ${electron.version}.`);
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/electron-vite/dist/cli.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ELECTRON_MAJOR_VER: electron.version.split('.')[0] },
    },
  );
}
