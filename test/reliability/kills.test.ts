// Killed with SIGKILL at random moments: the project opens, its file is sound, nothing acknowledged is lost, and what
// was begun is gone on with to the figures of a project that nobody killed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';
import { migrate } from '../../src/main/lab/store/migrate.ts';
import { migrations } from '../../src/main/lab/store/schema.ts';
import { writeOldProject } from '../fixtures/old-project.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { tinyPairs, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { amount, seed, tried } from './budget.ts';
import { annotator, cli, figures, killed, nothingLost, sound, whole, type Command } from './killing.ts'; // prettier-ignore

const next = seededUint32(seed);
const share = (): number => next() / 2 ** 32;

let folder: string;
let corpus: string;
let suite: string;
let project: string;
/** A project whose run nobody killed, and its figures. */
let unkilled: string;
let expected: ReturnType<typeof figures>;
let tookMs: number;
let count = 0;

const fresh = (name: string): string => path.join(folder, `${name}-${++count}`);
const command = (...args: string[]): Command => ({ script: cli, args, cacheDir: path.join(folder, 'cache') }); // prettier-ignore
const tiny = ['--set', 'vocabSize=320', 'layers=1', 'hiddenSize=16', 'wordEmbedSize=16', 'heads=2', 'ffnSize=32', 'windowTokens=16', 'batchWindows=4', 'warmupSteps=5']; // prettier-ignore
const train = (at: string): Command => command('train', at, '--corpus', corpus, '--suite', suite, '--preset', 'nano', '--steps', '120', '--checkpoints', 'every:15', '--seed', '3', ...tiny); // prettier-ignore
/** Of the run; undefined where there is none yet. */
const stateOf = (at: string): unknown => {
  if (sound(at) === null) return undefined;
  const db = new Database(path.join(at, 'project.sqlite'), { readonly: true });
  const state = db.prepare('SELECT state FROM runs').pluck().get();
  db.close();
  return state;
};
const goOn = (at: string): Command => (stateOf(at) === undefined ? train(at) : command('train', at, '--resume', '1')); // prettier-ignore
/** To the end of the run, where the last kill did not come after it. */
const toTheEnd = (at: string): void => {
  if (stateOf(at) !== 'finished') whole(goOn(at));
};
const runFolder = (at: string): string[] => {
  const runs = path.join(at, 'checkpoints', '1');
  return fs.existsSync(runs) ? fs.readdirSync(runs) : [];
};

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-kills-'));
  corpus = writeTinyCorpus(folder, 4_000);
  suite = writeTinySuite(folder, 150);
  unkilled = fresh('unkilled');
  ({ tookMs } = whole(train(unkilled)));
  expected = figures(unkilled);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Kills `start` at `kills` moments, goes on after each, and counts how often it was still at work. */
async function killAndGoOn(
  kills: number,
  start: () => Command,
  moment: () => { laterMs: number; begun?: () => boolean },
): Promise<number> {
  let hits = 0;
  let before = sound(project);
  for (let n = 0; n < kills; n++) {
    const { laterMs, begun } = moment();
    const victim = await killed(start(), laterMs, begun);
    hits += Number(victim !== null);
    const after = sound(project);
    nothingLost(before, after);
    before = after;
    if (victim === null) break; // it came to its end
  }
  return hits;
}

describe('killed', () => {
  it('while a project and a run are set up (tokenizer and corpus among it), the run ends with the same figures', async (context) => {
    let hits = 0;
    for (let n = 0; n < amount(1, 8); n++) {
      project = fresh('set-up');
      fs.rmSync(path.join(folder, 'cache'), { recursive: true, force: true });
      hits += await killAndGoOn(1, () => train(project), () => ({ laterMs: share() * tookMs * 0.45 })); // prettier-ignore
      toTheEnd(project);
      expect(figures(project)).toEqual(expected);
    }
    tried(context, `${hits} kills`);
  });

  it('while it trains and scores, over and over, the run ends with the same figures', async (context) => {
    let hits = 0;
    while (hits < amount(2, 12)) {
      project = fresh('training');
      const last = () => runFolder(project).length;
      hits += await killAndGoOn(amount(2, 4), () => goOn(project), () => {
        const had = last();
        // From the first sign of work on, wherever it then is.
        return { laterMs: share() * tookMs * 0.15, begun: () => last() > had };
      }); // prettier-ignore
      toTheEnd(project);
      expect(figures(project)).toEqual(expected);
    }
    tried(context, `${hits} kills`);
  });

  it('while a checkpoint is saved, the run ends with the same figures', async (context) => {
    let hits = 0;
    while (hits < amount(1, 10)) {
      project = fresh('saving');
      hits += await killAndGoOn(amount(1, 5), () => goOn(project), () => {
        const half = new Set(runFolder(project));
        const isSaving = () => runFolder(project).some((name) => name.endsWith('.unfinished') && !half.has(name)); // prettier-ignore
        return { laterMs: share() * 4, begun: isSaving };
      }); // prettier-ignore
      toTheEnd(project);
      expect(figures(project)).toEqual(expected);
    }
    tried(context, `${hits} kills`);
  });

  it('while a run is scored anew, every score ends the same', async (context) => {
    const score = (at: string) => command('score', at, '--run', '1', '--suite', 'tiny-suite', '--profile', 'lm-eval'); // prettier-ignore
    const start = fresh('scoring');
    fs.cpSync(unkilled, start, { recursive: true });
    const took = whole(score(start)).tookMs;
    const scored = figures(start);
    let hits = 0;
    for (let n = 0; n < amount(1, 6); n++) {
      project = fresh('scoring');
      fs.cpSync(unkilled, project, { recursive: true });
      hits += await killAndGoOn(1, () => score(project), () => ({ laterMs: (0.4 + 0.6 * share()) * took })); // prettier-ignore
      whole(score(project));
      expect(figures(project)).toEqual(scored);
    }
    tried(context, `${hits} kills`);
  });

  it('while a suite is imported, all of it is there or nothing, and it can be imported', async (context) => {
    const large = path.join(folder, 'large.csv');
    fs.writeFileSync(large, ['sentence_good,sentence_bad', ...tinyPairs(40_000).map(({ pairId, good, bad }) => `${good} ${pairId},${bad} ${pairId}`)].join('\n')); // prettier-ignore
    const add = (at: string) => command('suite', at, large);
    const empty = fresh('empty');
    whole(command('new', empty));
    const start = fresh('import');
    fs.cpSync(empty, start, { recursive: true });
    const took = whole(add(start)).tookMs;
    const imported = figures(start);
    let hits = 0;
    for (let n = 0; n < amount(1, 6); n++) {
      project = fresh('import');
      fs.cpSync(empty, project, { recursive: true });
      const victim = await killed(add(project), (0.3 + 0.7 * share()) * took);
      hits += Number(victim !== null);
      const { pairs } = sound(project) ?? { pairs: -1 };
      expect([0, 40_000]).toContain(pairs);
      if (victim?.stdout.includes('large')) expect(pairs).toBe(40_000); // it had said that it is done
      whole(add(project));
      expect(figures(project)).toEqual(imported);
    }
    tried(context, `${hits} kills`);
  });

  it('while a project is packed or unpacked, there is a whole one or none', async (context) => {
    const large = fresh('packed');
    makeProject(large, { classes: 6, pairs: 150, checkpoints: 5, runs: 1 }).close();
    const zip = path.join(folder, 'packed.zip');
    const pack = (to: string) => command('pack', large, '--out', to);
    const packMs = whole(pack(zip)).tookMs;
    const unpack = (to: string) => command('unpack', zip, to);
    const unpackMs = whole(unpack(fresh('unpacked'))).tookMs;
    const contents = figures(large);
    let hits = 0;
    for (let n = 0; n < amount(1, 4); n++) {
      const out = `${fresh('out')}.zip`;
      hits += Number((await killed(pack(out), (0.3 + 0.7 * share()) * packMs)) !== null);
      if (!fs.existsSync(out)) whole(pack(out));
      const copy = fresh('copy');
      whole(command('unpack', out, copy));
      expect(figures(copy)).toEqual(contents);
      project = fresh('unpacked');
      hits += Number((await killed(unpack(project), (0.3 + 0.7 * share()) * unpackMs)) !== null);
      if (!fs.existsSync(project)) whole(unpack(project));
      expect(figures(project)).toEqual(contents);
    }
    tried(context, `${hits} kills`);
  });

  it('while an old project is brought up to date, it opens, its copy is whole, and nothing is missing', async (context) => {
    const old = fresh('old');
    writeOldProject(old, { version: 1, pairs: 60_000 });
    const open = (at: string) => command('suites', at);
    const start = fresh('migrated');
    fs.cpSync(old, start, { recursive: true });
    const took = whole(open(start)).tookMs;
    const migrated = figures(start).pairs;
    let hits = 0;
    for (let n = 0; n < amount(1, 6); n++) {
      project = fresh('migrated');
      fs.cpSync(old, project, { recursive: true });
      hits += Number((await killed(open(project), (0.25 + 0.75 * share()) * took)) !== null);
      expect(sound(project)?.pairs).toBe(60_000);
      expect(figures(project).pairs).toEqual(migrated);
      const copies = fs.readdirSync(project).filter((name) => name.includes('.before-schema-'));
      expect(copies).toEqual([`project.sqlite.before-schema-${migrations.length}`]);
      // The copy is of the version that it was, and becomes the same project.
      const copy = new Database(path.join(project, copies[0] ?? ''));
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(copy.prepare('SELECT count(*) FROM pairs').pluck().get()).toBe(60_000);
      migrate(copy, path.join(project, copies[0] ?? ''));
      copy.close();
    }
    tried(context, `${hits} kills`);
  });

  it('while one judges, every judgement that was acknowledged is there', async (context) => {
    project = fresh('judged');
    makeProject(project, { classes: 3, pairs: 4, checkpoints: 1, runs: 1 }).close();
    let hits = 0;
    let acknowledged: string[] = [];
    for (let n = 0; n < amount(1, 8); n++) {
      const args = [project, path.join(folder, 'state')];
      const victim = await killed({ script: annotator, args, cacheDir: folder }, share() * 400, (stdout) => stdout !== ''); // prettier-ignore
      hits += Number(victim !== null);
      acknowledged = [...acknowledged, ...(victim?.stdout ?? '').split('\n').filter((line) => line.endsWith(' '))]; // prettier-ignore
      const stored = new Set((sound(project)?.events ?? []).map((json) => (JSON.parse(json) as { reason: string }).reason)); // prettier-ignore
      expect(acknowledged.filter((reason) => !stored.has(reason))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(hits);
    tried(context, `${hits} kills; ${acknowledged.length.toLocaleString('en')} judgements acknowledged, none lost`); // prettier-ignore
  });
});
