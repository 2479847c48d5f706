// The last result of every promise, kept in results.json, and docs/reliability.md written from it.
import fs from 'node:fs';
import path from 'node:path';

export interface Result {
  /** The test's file, from the repository's root. */
  file: string;
  /** What is promised: the test's name. */
  promise: string;
  result: 'kept' | 'broken' | 'not tried';
  /** What was tried, or why not. */
  tried: string;
  on: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const kept = path.join(import.meta.dirname, 'results.json');
const page = path.join(root, 'docs/reliability.md');

const titles: Record<string, string> = {
  kills: 'Killed at any moment',
  faults: 'Out of room, locked, too small',
  damaged: 'Damaged and hostile files; old and new ones',
  fuzz: 'Every parser, fuzzed',
  contract: 'The window’s calls, fuzzed',
  audit: 'What it is made of',
  large: 'Large projects',
  soak: 'Hours of work',
  security: 'The window taken over',
};
const partOf = (file: string): string => path.basename(file).split('.')[0] ?? '';

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Puts new results in the place of those of the same files, and writes the page. */
export function record(results: readonly Result[]): void {
  const files = new Set(results.map(({ file }) => file));
  const before = fs.existsSync(kept) ? (JSON.parse(fs.readFileSync(kept, 'utf8')) as Result[]) : [];
  const order = Object.keys(titles);
  const all = [...before.filter(({ file }) => !files.has(file)), ...results].sort((a, b) => order.indexOf(partOf(a.file)) - order.indexOf(partOf(b.file))); // prettier-ignore
  fs.writeFileSync(kept, `${JSON.stringify(all, null, 2)}\n`);
  fs.writeFileSync(page, pageOf(all));
}

function pageOf(all: readonly Result[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;'); // prettier-ignore
  const parts = [...new Set(all.map(({ file }) => file))].map((file) => {
    const rows = all.filter((one) => one.file === file).map(({ promise, tried, result, on }) => `| ${cell(promise)} | ${cell(tried)} | ${result}, ${on} |`); // prettier-ignore
    return [`## ${titles[partOf(file)] ?? partOf(file)}`, '', `\`${file}\``, '', '| promised | tried | last result |', '| --- | --- | --- |', ...rows].join('\n'); // prettier-ignore
  });
  const broken = all.filter(({ result }) => result === 'broken').length;
  return `<!-- Written by \`npm run reliability\`; do not edit. -->

# Reliability

What is promised, how it is tried, and how that went the last time: ${all.length} promises, ${all.length - broken} of them kept or not tried for the reason given, ${broken} broken. \`npm run reliability\` tries all of it in full and writes this page anew, \`npm run reliability -- kills fuzz\` parts of it. \`npm test\` tries the same in small. Moments and inputs are random; \`GARDENPATH_SEED\` repeats them.

${parts.join('\n\n')}
`;
}
