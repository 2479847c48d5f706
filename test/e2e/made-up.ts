// A made-up project for a test, in a folder of its own.
import type { TestInfo } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './electron.ts';

export interface Size {
  classes: number;
  pairs: number;
  checkpoints: number;
  runs: number;
}

/** Its folder. Made by another process, since Playwright's own loader knows no native packages. */
export function makeUpProject(info: TestInfo, size: Size): string {
  const folder = info.outputPath('made-up');
  const options = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)]);
  execFileSync(process.execPath, [join(root, 'test/fixtures/make-project.ts'), folder, ...options]);
  return folder;
}
