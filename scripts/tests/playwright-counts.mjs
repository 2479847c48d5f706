// A Playwright reporter that leaves counts for `npm test`, with the reasons of what was skipped.
import { writeFileSync } from 'node:fs';

export default class {
  #suite;
  #errors = [];

  onBegin(_config, suite) {
    this.#suite = suite;
  }

  onError(error) {
    this.#errors.push(`unhandled: ${error.message}`);
  }

  onEnd() {
    const counts = { passed: 0, failed: [...this.#errors], skipped: [] };
    for (const test of this.#suite?.allTests() ?? []) {
      const name = test.titlePath().filter(Boolean).join(' › ');
      const outcome = test.outcome();
      if (outcome === 'expected') counts.passed++;
      else if (outcome !== 'skipped')
        counts.failed.push(name); // a flaky test is a failed one
      else {
        const why = test.annotations.find(({ type }) => type === 'skip')?.description;
        counts.skipped.push({ name, why: why ?? 'marked so' });
      }
    }
    writeFileSync(process.env.GARDENPATH_COUNTS, JSON.stringify(counts));
  }

  printsToStdio() {
    return false;
  }
}
