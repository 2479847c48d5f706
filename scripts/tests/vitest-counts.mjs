// A vitest reporter that leaves counts for `npm test`, with the reasons of what was skipped: the note of
// `context.skip(note)`, else what the test's file says of it on the console: `SKIPPED: why`.
import { writeFileSync } from 'node:fs';

const SAID = 'SKIPPED: ';

export default class {
  /** Reasons, by the id of the file's task. */
  #said = new Map();

  onUserConsoleLog({ content, taskId }) {
    if (content.startsWith(SAID)) this.#said.set(taskId, content.slice(SAID.length).trim());
  }

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
        else
          counts.skipped.push({
            name,
            why: note ?? this.#said.get(module.id) ?? 'no reason given',
          });
      }
    }
    for (const error of unhandledErrors) counts.failed.push(`unhandled: ${error.message}`);
    writeFileSync(process.env.GARDENPATH_COUNTS, JSON.stringify(counts));
  }
}
