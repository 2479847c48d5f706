// Entrenchment, separation and the report on a project of BLiMP's size: what is built once from the stored
// scores, and what a change of parameters costs after that. Prints a table.
//
//   node bench/analysis.ts [--project FOLDER] [--classes 67 --pairs 1000 --checkpoints 60] [--calls 20]
//
// Without --project one is made in a temporary folder (some 700 MB, minutes) and deleted afterwards.
// Targets: built in ≤ 15 s; a change of parameters ≤ 300 ms; a report in ≤ 20 s.
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/main/lab/analysis/intervals.ts';
import { createLab } from '../src/main/lab/index.ts';
import type { labServes, Params } from '../src/shared/api.ts';
import { AppError } from '../src/shared/errors.ts';
import { makeProject } from '../test/fixtures/make-project.ts';

const { values: asked } = parseArgs({
  options: {
    project: { type: 'string' },
    classes: { type: 'string', default: '67' },
    pairs: { type: 'string', default: '1000' },
    checkpoints: { type: 'string', default: '60' },
    calls: { type: 'string', default: '20' },
  },
});

const scratch = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-bench-'));
const folder = asked.project ?? path.join(scratch, 'project');
const lab = createLab({ stateDir: path.join(scratch, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore

async function timed<N extends keyof typeof labServes>(
  name: N,
  params: Params<typeof labServes, N>,
): Promise<number> {
  const start = performance.now();
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
  return performance.now() - start;
}

let missed = 0;
function say(what: string, times: readonly number[], targetMs: number): void {
  const sorted = Float64Array.from(times).sort();
  const slowest = quantile(sorted, 1);
  if (slowest > targetMs) missed++;
  console.log(`${what.padEnd(52)}${quantile(sorted, 0.5).toFixed(0).padStart(9)}${slowest.toFixed(0).padStart(9)}${targetMs.toFixed(0).padStart(9)}${slowest > targetMs ? '  ← misses its target' : ''}`); // prettier-ignore
}

try {
  if (asked.project === undefined) {
    console.log('making the project …');
    makeProject(folder, { classes: Number(asked.classes), pairs: Number(asked.pairs), checkpoints: Number(asked.checkpoints), runs: 1 }).close(); // prettier-ignore
  }
  await timed('project.open', { path: folder });
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`); // prettier-ignore
  console.log(`${''.padEnd(52)}${['median', 'slowest', 'target'].map((h) => h.padStart(9)).join('')}  ms`); // prettier-ignore
  say('statistics and draws, built once from the scores', [await timed('entrenchment.get', {})], 15_000); // prettier-ignore
  say('separation, first time at a checkpoint', [await timed('separation.get', {})], 15_000);
  const changes: number[] = [];
  for (let i = 0; i < Number(asked.calls); i++)
    changes.push(await timed('entrenchment.get', { rule: { early: { value: 0.05 + 0.01 * i }, margin: 0.01 * i, hold: 0.7 + 0.01 * (i % 20), lastK: i % 6 } })); // prettier-ignore
  say('entrenchment after a change of parameters', changes, 300);
  const again: number[] = [];
  for (let i = 0; i < Number(asked.calls); i++) again.push(await timed('separation.get', {}));
  say('separation again', again, 300);
  say('report', [await timed('report.write', { path: path.join(scratch, 'report') })], 20_000);
  console.log(missed ? `${missed} of 5 miss their targets` : 'all are within their targets');
} finally {
  await lab.close();
  fs.rmSync(scratch, { recursive: true, force: true });
}
