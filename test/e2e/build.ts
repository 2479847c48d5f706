// Runs once before the end-to-end tests: says which Electron runs them and builds the app for it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findElectron, root } from './electron.ts';

export default function build(): void {
  const electron = findElectron();
  if (electron === null) {
    console.log('SKIPPED: every end-to-end test, for want of an Electron in node_modules/electron. To get one: npm run setup'); // prettier-ignore
    return;
  }
  console.log(`End-to-end tests run in Electron ${electron.version}.`);
  execFileSync(process.execPath, [join(root, 'scripts/run.mjs'), 'build'], { stdio: 'inherit' });
}
