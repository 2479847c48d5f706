// A vitest reporter that leaves counts for `npm test`, with the reasons of what was skipped.
import { writeFileSync } from 'node:fs';

export default class {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0)
        counts.failed.push(`${module.relativeModuleId} (does not load)`);
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        const name = `${module.relativeModuleId} › ${test.fullName}`;
        if (state === 'passed') counts.passed++;
        else if (state === 'failed') counts.failed.push(name);
        else counts.skipped.push({ name, why: note ?? 'marked so' });
      }
    }
    for (const error of unhandledErrors) counts.failed.push(`unhandled: ${error.message}`);
    writeFileSync(process.env.GARDENPATH_COUNTS, JSON.stringify(counts));
  }
}
