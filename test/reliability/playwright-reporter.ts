// Hands the outcome of every end-to-end test to results.ts.
import path from 'node:path';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { record, today, type Result } from './results.ts';

export default class implements Reporter {
  readonly #results: Result[] = [];

  onTestEnd(test: TestCase, { status }: TestResult): void {
    const note = (type: string) => test.annotations.find((one) => one.type === type)?.description;
    this.#results.push({
      file: path.relative(process.cwd(), test.location.file),
      promise: test.title,
      result: status === 'passed' ? 'kept' : status === 'skipped' ? 'not tried' : 'broken',
      tried: note('skip') ?? note('tried') ?? 'in the real app',
      on: today(),
    });
  }

  onEnd(): void {
    record(this.#results);
  }
}
