/** A line for whoever started the app from a terminal. */
export function log(text: string): void {
  process.stderr.write(`gardenpath: ${text}\n`);
}
