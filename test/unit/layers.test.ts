// The lint rules that keep the rooms in their order say no where they should, and yes elsewhere.
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const eslint = new ESLint();

interface Pattern {
  regex: string;
}

/** Whether the file of that path may import that module. */
async function may(file: string, module: string): Promise<boolean> {
  const config = (await eslint.calculateConfigForFile(file)) as {
    rules: Record<string, [number, { patterns: Pattern[] }]>;
  };
  const patterns = config.rules['no-restricted-imports']?.[1].patterns ?? [];
  return !patterns.some(({ regex }) => new RegExp(regex, 'iu').test(module));
}

it.each([
  ['src/main/lab/scoring/plan.ts', '../tokenizer/index.ts', true],
  ['src/main/lab/scoring/plan.ts', './pack.ts', true],
  ['src/main/lab/scoring/plan.ts', '../../../shared/errors.ts', true],
  ['src/main/lab/scoring/plan.ts', 'node:fs', true],
  ['src/main/lab/scoring/plan.ts', '../store/project.ts', false],
  ['src/main/lab/scoring/plan.ts', '../index.ts', false],
  ['src/main/lab/engine/index.ts', '../model/index.ts', false],
  ['src/main/lab/jobs/queue.ts', '../store/runs.ts', true],
  ['src/main/lab/jobs/queue.ts', '../handlers/runs.ts', false],
  ['src/main/lab/handlers/views/pair-list.ts', '../../store/runs.ts', true],
  ['src/main/lab/handlers/views/pair-list.ts', '../../cli/session.ts', false],
  ['src/main/lab/handlers/views/pair-list.ts', 'electron', false],
  ['src/main/lab/cli.ts', './cli/demo.ts', true],
  ['src/main/lab/cli.ts', 'electron', false],
  ['src/main/lab/store/project.ts', 'electron', false],
  ['src/main/lab/store/project.ts', '../../../renderer/client.ts', false],
  ['src/main/window.ts', 'electron', true],
  ['src/shared/api.ts', './domain.ts', true],
  ['src/shared/api.ts', 'zod', true],
  ['src/shared/api.ts', 'node:fs', false],
  ['src/shared/api.ts', '../main/lab/index.ts', false],
  ['src/renderer/client.ts', '../shared/api.ts', true],
  ['src/renderer/charts/axis.ts', 'd3', true],
  ['src/renderer/client.ts', 'node:path', false],
  ['src/renderer/client.ts', '../main/ipc.ts', false],
  ['src/preload/index.ts', 'electron', true],
  ['src/preload/index.ts', '../main/ipc.ts', false],
])('%s imports %s: %s', async (file, module, allowed) => {
  expect(await may(file, module)).toBe(allowed);
});
