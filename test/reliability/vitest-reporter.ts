// Hands the outcome of every test to results.ts.
import path from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { record, today, type Result } from './results.ts';

const outcomes = { passed: 'kept', failed: 'broken', skipped: 'not tried', pending: 'not tried' } as const; // prettier-ignore

function resultOf(test: TestCase): Result {
  const { state } = test.result();
  const { tried = '' } = test.meta();
  const note = state === 'skipped' ? (test.result() as { note?: string }).note : undefined;
  return {
    file: path.relative(process.cwd(), test.module.moduleId),
    promise: test.fullName.split(' > ').join(' '),
    result: outcomes[state],
    tried: note ?? tried,
    on: today(),
  };
}

export default class implements Reporter {
  // File by file, so that a run that is broken off keeps what it has.
  onTestModuleEnd(module: TestModule): void {
    record([...module.children.allTests()].map(resultOf));
  }
}
