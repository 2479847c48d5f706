// How set-up speaks: short lines on standard error, and failures that name what gets the missing thing.

/** A failure that a person can mend: what is missing, and the command or the step that gets it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   * @param {string} [detail] the last lines of what failed
   */
  constructor(message, remedy, detail) {
    super(message);
    this.name = 'SetupError';
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`· ${line}\n`);
}

/**
 * Says what is being done, does it, and says how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  say(`${title} …`);
  const startedMs = Date.now();
  const result = await work();
  say(`${title}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  return result;
}
