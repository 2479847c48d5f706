// Processes that are killed at random moments, and what must be true of a project afterwards.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openProject } from '../../src/main/lab/store/project.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
export const cli = file('../../src/main/lab/cli.ts');
export const annotator = file('annotate-for-ever.ts');

export interface Command {
  script: string;
  args: string[];
  cacheDir: string;
}

const environment = ({ cacheDir }: Command): NodeJS.ProcessEnv => ({ ...process.env, NODE_NO_WARNINGS: '1', GARDENPATH_CACHE: cacheDir }); // prettier-ignore

/** Runs a command to its end, which must be a good one; returns its output and how long it took. */
export function whole(command: Command): { stdout: string; tookMs: number } {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [command.script, ...command.args], { encoding: 'utf8', env: environment(command), maxBuffer: 1 << 28 }); // prettier-ignore
  expect({ args: command.args, status, stderr: status === 0 ? '' : stderr }).toEqual({ args: command.args, status: 0, stderr: '' }); // prettier-ignore
  return { stdout, tookMs: performance.now() - startedMs };
}

/** Starts a command, waits until `begun`, and so long more, and kills it; null where it had ended before. */
export async function killed(
  command: Command,
  laterMs: number,
  begun: (stdout: string) => boolean = () => true,
): Promise<{ stdout: string } | null> {
  const child = spawn(process.execPath, [command.script, ...command.args], { env: environment(command), stdio: ['ignore', 'pipe', 'ignore'] }); // prettier-ignore
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null && !begun(stdout)) await sleep(1);
  await sleep(laterMs);
  child.kill('SIGKILL');
  await closed;
  return child.signalCode === 'SIGKILL' ? { stdout } : null;
}

/** What of a run is stored and may not be lost again. */
export interface Stored {
  checkpoints: number[];
  scorings: string[];
  pairs: number;
  events: string[];
}

/** Opens the project as the app would, checks its file, and says what it holds; null: there is none yet. */
export function sound(folder: string): Stored | null {
  if (!fs.existsSync(path.join(folder, 'project.sqlite'))) return null;
  const project = openProject(folder);
  try {
    const { db } = project;
    expect(project.readOnlyReason).toBeNull();
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    const column = <T>(sql: string): T[] => db.prepare(sql).pluck().all() as T[];
    return {
      checkpoints: column('SELECT step FROM checkpoints ORDER BY run_id, step'),
      scorings: column("SELECT k.run_id || ':' || k.step || ':' || g.suite_id || ':' || g.profile_id FROM scorings g JOIN checkpoints k ON k.id = g.checkpoint_id WHERE finished_at_ms IS NOT NULL ORDER BY 1"), // prettier-ignore
      pairs: column<number>('SELECT count(*) FROM pairs')[0] ?? 0,
      events: column('SELECT value_json FROM annotation_events ORDER BY id'),
    };
  } finally {
    project.close();
  }
}

/** Nothing that was stored at the earlier moment is gone. */
export function nothingLost(before: Stored | null, after: Stored | null): void {
  if (before === null) return;
  expect(after?.checkpoints).toEqual(expect.arrayContaining(before.checkpoints));
  expect(after?.scorings).toEqual(expect.arrayContaining(before.scorings));
  expect(after?.pairs).toBeGreaterThanOrEqual(before.pairs);
  expect(after?.events.slice(0, before.events.length)).toEqual(before.events);
}

/** All figures of a project that do not depend on the clock: losses, scores of every token, summaries, weights. */
export function figures(folder: string) {
  const project = openProject(folder);
  const { db } = project;
  const rows = (sql: string): unknown[] => db.prepare(sql).raw().all();
  const of = 'JOIN scorings g ON g.id = s.scoring_id JOIN checkpoints k ON k.id = g.checkpoint_id JOIN profiles p ON p.id = g.profile_id'; // prettier-ignore
  const found = {
    pairs: rows('SELECT c.uid, p.pair_id, p.good, p.bad FROM pairs p JOIN classes c ON c.id = p.class_id ORDER BY 1, 2'), // prettier-ignore
    losses: rows('SELECT run_id, step, loss_nats FROM run_metrics ORDER BY 1, 2'),
    heldOut: rows('SELECT run_id, step, held_out_nats_per_token FROM checkpoints ORDER BY 1, 2'),
    scores: rows(`SELECT p.name, k.step, s.pair_id, s.good_nats, s.bad_nats, s.token_nats FROM scores s ${of} ORDER BY 1, 2, 3`), // prettier-ignore
    summaries: rows(`SELECT p.name, k.step, s.class_id, s.pairs, s.right, s.mean_delta FROM class_scores s ${of} ORDER BY 1, 2, 3`), // prettier-ignore
    unfinished: rows('SELECT id FROM scorings WHERE finished_at_ms IS NULL'),
    folders: fs.readdirSync(folder).filter((name) => !/^project\.(lock|sqlite)/.test(name)),
  };
  project.close();
  const runs = path.join(folder, 'checkpoints');
  const names = (fs.readdirSync(runs, { recursive: true }) as string[]).filter((name) => !fs.statSync(path.join(runs, name)).isDirectory()).sort(); // prettier-ignore
  return { ...found, files: names.map((name) => [name, fs.readFileSync(path.join(runs, name), 'base64')]) }; // prettier-ignore
}
