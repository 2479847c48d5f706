// Files that are damaged: what is said, and that nothing is lost.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';
import { fileLines } from '../../src/main/lab/corpus/lines.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { migrations } from '../../src/main/lab/store/schema.ts';
import { delimitedRows, suiteFiles } from '../../src/main/lab/suite/index.ts';
import { csvLine } from '../../src/shared/csv.ts';
import type { CorpusInfo, RunRow, SuiteInfo } from '../../src/shared/domain.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { schemas } from '../fixtures/old-project.ts';
import { tinyConfig, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { amount, seed, tried } from './budget.ts';
import { figures, sound } from './killing.ts';
import { parsers } from './parsers.ts';

let folder: string;
let lab: RunningLab;
let atRest: (run: RunRow) => void;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-damaged-'));
  lab = createLab({
    stateDir: path.join(folder, 'state'),
    startQueued: false,
    emit: (event, payload) => {
      if (event !== 'run.progressed') return;
      const run = payload as RunRow;
      if (!['queued', 'preparing', 'training', 'scoring'].includes(run.state)) atRest(run);
    },
  });
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new AppError(reply.error.code, reply.error.message);
  return reply.value as T;
};
/** Calls, and resolves when a run comes to rest. */
async function ended(name: string, params: object): Promise<RunRow> {
  const rest = new Promise<RunRow>((resolve) => (atRest = resolve));
  await call(name, params);
  return rest;
}
const next = seededUint32(seed);
/** A copy with some bits of one page flipped, as bad disks have it. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const from = next() % bytes.length;
  for (let n = 0; n < 16; n++) {
    const at = (from + (next() % 512)) % bytes.length;
    copy[at] = (copy[at] ?? 0) ^ (1 << (next() % 8));
  }
  return copy;
}
const small = { classes: 3, pairs: 8, checkpoints: 3, runs: 1 };

describe('a project file that is damaged', () => {
  /** What a person does with a project, whatever each part of it says. */
  async function useAll(at: string): Promise<(string | null)[]> {
    const calls: [string, object][] = [
      ['project.open', { path: at }],
      ['suites.list', {}],
      ['runs.list', {}],
      ['classes.list', {}],
      ['pairs.page', { classId: 2 }],
      ['search.sentences', { text: 'dog' }],
      ['annotations.history', {}],
      ['project.close', {}],
    ];
    const codes: (string | null)[] = [];
    for (const [name, params] of calls) {
      const reply = await lab.call(name, params);
      codes.push(reply.ok ? null : reply.error.code);
    }
    return codes;
  }

  it('is told from a sound one, and left as it is', async () => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const file = path.join(at, 'project.sqlite');
    const sound = fs.readFileSync(file);
    for (const share of [0.02, 0.3, 0.7]) {
      const cut = sound.subarray(0, Math.floor(sound.length * share));
      fs.writeFileSync(file, cut);
      const reply = await lab.call('project.open', { path: at });
      const codes = await useAll(at);
      expect([share, reply.ok ? codes.includes('bad-file') : reply.error]).toEqual([share, reply.ok ? true : expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(/damaged|not a SQLite file/) as string })]); // prettier-ignore
      expect(fs.readFileSync(file).equals(cut)).toBe(true);
    }
    fs.writeFileSync(file, sound);
    expect(await useAll(at)).toEqual(Array<null>(8).fill(null));
  });

  it('with flipped bits never stops the lab', async (context) => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const file = path.join(at, 'project.sqlite');
    const sound = fs.readFileSync(file);
    let damaged = 0;
    const times = amount(40, 2_000);
    for (let i = 0; i < times; i++) {
      for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
      fs.writeFileSync(file, flipped(sound));
      const codes = await useAll(at);
      expect(codes.filter((code) => code !== null && !['bad-file', 'no-project', 'not-found', 'internal', 'future-schema'].includes(code))).toEqual([]); // prettier-ignore
      damaged += Number(codes.includes('bad-file'));
    }
    expect(damaged).toBeGreaterThan(0);
    fs.writeFileSync(file, sound);
    expect(await useAll(at)).toEqual(Array<null>(8).fill(null));
    tried(context, `${times} damaged files, ${damaged} of them seen to be`);
  });
});

describe('a checkpoint or a cache that is damaged', () => {
  it('is told by name; the run goes on from the checkpoint before it, to the same figures', async (context) => {
    const times = amount(2, 20);
    const training = { totalSteps: 20, checkpoints: 'every:10' } as const;
    await call('project.create', { path: path.join(folder, 'project') });
    const corpus = await call<CorpusInfo>('corpora.add', { path: writeTinyCorpus(folder, 800) });
    const suite = await call<SuiteInfo>('suites.add', { path: writeTinySuite(folder, 10) });
    const config = tinyConfig(corpus.id, [suite.id], training);
    const run = await ended('runs.start', { config });
    await call('project.close');
    const start = path.join(folder, 'start');
    fs.cpSync(path.join(folder, 'project'), start, { recursive: true });
    const goOn = async () => {
      expect(await ended('runs.extend', { runId: run.id, totalSteps: 40 })).toMatchObject({ state: 'finished', error: null }); // prettier-ignore
      await call('project.close');
      return figures(path.join(folder, 'project'));
    };
    await call('project.open', { path: path.join(folder, 'project') });
    const expected = await goOn();

    for (let n = 0; n < times; n++) {
      fs.rmSync(path.join(folder, 'project'), { recursive: true });
      fs.cpSync(start, path.join(folder, 'project'), { recursive: true });
      const name = n % 2 ? 'model.safetensors' : 'optimizer.safetensors';
      const last = path.join(folder, 'project/checkpoints', String(run.id), 'step-20');
      const whole = fs.readFileSync(path.join(last, name));
      fs.writeFileSync(path.join(last, name), next() % 3 ? flipped(whole) : whole.subarray(0, next() % whole.length)); // prettier-ignore
      // The tokenised corpus too: a cache is simply made again.
      for (const cached of fs.readdirSync(path.join(folder, 'state'), { recursive: true }) as string[])
        if (cached.endsWith('train.bin')) fs.writeFileSync(path.join(folder, 'state', cached), flipped(fs.readFileSync(path.join(folder, 'state', cached)))); // prettier-ignore
      await call('project.open', { path: path.join(folder, 'project') });
      const failed = await ended('runs.extend', { runId: run.id, totalSteps: 40 });
      expect(failed).toMatchObject({ state: 'failed', error: expect.stringMatching(`${name}.*step-20 away`) as string }); // prettier-ignore
      await call('project.close');
      fs.rmSync(last, { recursive: true });
      await call('project.open', { path: path.join(folder, 'project') });
      expect(await ended('runs.resume', { runId: run.id })).toMatchObject({ state: 'finished', step: 40, error: null }); // prettier-ignore
      await call('project.close');
      const found = figures(path.join(folder, 'project'));
      expect(found.losses).toEqual(expected.losses);
      expect(found.scores.filter((row) => (row as unknown[])[1] === 40)).toEqual(expected.scores.filter((row) => (row as unknown[])[1] === 40)); // prettier-ignore
    }
    tried(context, `${times} checkpoints and caches, cut or with flipped bits`);
  });
});

describe('files made to do harm', () => {
  it('JSON nested a million deep is refused by every reader of JSON', async (context) => {
    const deep = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`; // prettier-ignore
    let inputs = 0;
    for (const { name, seeds, read } of parsers(path.join(folder, 'parsers')).map((p) => ({
      ...p,
      read: p.read.bind(p),
    })))
      // prettier-ignore
      for (const seedOf of seeds) {
        const text = seedOf.bytes.toString('utf8', 0, 5_000);
        if (!/^\s*[[{]/.test(text)) continue;
        const places = [...text.matchAll(/: ?("[^"]*"|-?[\d.]+|null|true|false)/g)].slice(0, amount(1, 6)); // prettier-ignore
        const nested = [deep('[', ']', 100_000), deep('{"a":', '}', 100_000), '['.repeat(1_000_000)];
        const files = [...nested, ...places.map(({ index, 0: found }, n) => `${text.slice(0, index)}: ${nested[n % 2]}${text.slice(index + found.length)}`)]; // prettier-ignore
        for (const file of files) {
          inputs++;
          try {
            await read({ name: seedOf.name, bytes: Buffer.from(file) });
          } catch (error) {
            if (!(error instanceof AppError)) throw new Error(`${name}: ${String(error)}`, { cause: error }); // prettier-ignore
          }
        }
      }
    tried(context, `${inputs} files`);
  });

  it('a line of 2 GB is refused without being read', async (context) => {
    const sparse = path.join(folder, 'x.jsonl');
    fs.writeFileSync(sparse, '{"sentence_good": "');
    fs.truncateSync(sparse, 2 ** 31);
    await expect(suiteFiles(sparse)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/too large/) as string }); // prettier-ignore
    const pipe = path.join(folder, 'y.txt');
    if (spawnSync('mkfifo', [pipe]).status !== 0) return context.skip('no named pipes here, so no endless line'); // prettier-ignore
    const writer = spawn('sh', ['-c', `yes word | head -c 2147483648 | tr '\\n' ' ' > ${pipe}`], { stdio: 'ignore' }); // prettier-ignore
    await expect(fileLines(pipe, 'y.txt').next()).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/line 1: longer than 1 MiB/) as string }); // prettier-ignore
    writer.kill();
    tried(context, 'a sparse suite and a corpus streamed through a pipe');
  });

  it('no text becomes a formula in a table that goes out, and it comes back as it was', (context) => {
    const start = fc.constantFrom('=', '+', '-', '@', '\t', '\r', "'", '"', ',', ';', '\u202e', '\u0301', '<b>', ''); // prettier-ignore
    const cell = fc.tuple(start, fc.string({ unit: 'grapheme', maxLength: 20 })).map(([a, b]) => a + b.replaceAll('\r', '')); // prettier-ignore
    const inputs = amount(500, 50_000);
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 4 }), (cells) => {
        const names = cells.map((_, i) => `c${i}`);
        const [row] = delimitedRows(csvLine(names) + csvLine(cells), 'x.csv');
        const read = Object.values(row?.values ?? {});
        for (const [i, value] of read.entries()) {
          if (/^[=+\-@\t\r]/.test(value)) return false;
          if (value !== cells[i] && value !== `'${cells[i]}`) return false;
        }
        return row !== undefined || cells.every((one) => one.trim() === '');
      }),
      { numRuns: inputs, seed },
    );
    tried(context, `${inputs.toLocaleString('en')} rows`);
  });

  it('names and sentences of markup, control, right-to-left and combining characters stay text in a report', async (context) => {
    const nasty = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\u202eevil\u202c', 'e\u0301\u0301\u0301\u0301', '\u001b[2J\u0007', "'; DROP TABLE pairs; --", '=1+1', '&amp;lt;']; // prettier-ignore
    const at = path.join(folder, 'project');
    const project = makeProject(at, { classes: 4, pairs: 8, checkpoints: 3, runs: 1 });
    nasty.forEach((text, i) => {
      project.db.prepare('UPDATE classes SET uid = uid || ?, phenomenon = phenomenon || ? WHERE id = ?').run(text, text, 1 + (i % 4)); // prettier-ignore
      project.db.prepare('UPDATE runs SET name = name || ?, note = note || ?').run(text, text);
    });
    project.close();
    await call('project.open', { path: at });
    await call('judgements.set', { classId: 1, verdict: 'unsure', reason: nasty.join(' '), annotator: nasty[0] }); // prettier-ignore
    await call('report.write', { path: path.join(folder, 'report') });
    const page = fs.readFileSync(path.join(folder, 'report/index.html'), 'utf8');
    expect(page).not.toMatch(/<script>alert|<img src=x/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    tried(context, `${nasty.length} kinds of text in names, notes, reasons and classes`);
  });
});

describe('over time', () => {
  type Rows = Record<string, Record<string, unknown>[]>;
  /** All rows of every table that a project file has of its own. */
  function contents(file: string): Rows {
    const db = new Database(file, { readonly: true });
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'pairs_text%'").pluck().all() as string[]; // prettier-ignore
    const rows = names.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()] as const);
    db.close();
    return Object.fromEntries(rows) as Rows;
  }

  it('a project of every schema opens with all it had, and a copy of it is kept', async (context) => {
    const written = fs.readdirSync(schemas).map((name) => Number(name.split('.')[0])).sort((a, b) => a - b); // prettier-ignore
    const versions = migrations.map((_, i) => i + 1);
    expect(written, 'node test/fixtures/old-project.ts writes those that lack').toEqual(versions);
    for (const version of versions) {
      const at = path.join(folder, `of-${version}`);
      fs.mkdirSync(path.join(at, 'checkpoints'), { recursive: true });
      const file = path.join(at, 'project.sqlite');
      fs.writeFileSync(file, gunzipSync(fs.readFileSync(path.join(schemas, `${version}.sqlite.gz`)))); // prettier-ignore
      const before = contents(file);
      const empty = Object.keys(before).filter((name) => before[name]?.length === 0);
      expect([version, empty]).toEqual([version, []]);

      expect(sound(at)).toMatchObject({ checkpoints: [0, 10], pairs: 4, events: [expect.stringContaining('old')] }); // prettier-ignore
      const after = contents(file);
      for (const [name, rows] of Object.entries(before))
        expect([version, name, after[name]]).toEqual([version, name, rows.map((row) => expect.objectContaining(row) as unknown)]); // prettier-ignore
      const copies = fs.readdirSync(at).filter((name) => name.includes('.before-schema-'));
      expect(copies).toEqual(version < migrations.length ? [`project.sqlite.before-schema-${migrations.length}`] : []); // prettier-ignore
      if (copies[0]) expect(contents(path.join(at, copies[0]))).toEqual(before);

      await call('project.open', { path: at });
      expect(await call('classes.list', { runId: 1, profile: 'gardenpath', step: 10 })).toMatchObject({ classes: [{ uid: 'agreement', right: 1, human: 0.9 }] }); // prettier-ignore
      expect(await call('pairs.page', { classId: 2, profile: 'gardenpath' })).toMatchObject({ rows: [{ good: 'A cat sings.', delta: 1 }] }); // prettier-ignore
      expect(await call('annotations.history')).toMatchObject([{ annotator: 'ann', undone: false }]); // prettier-ignore
      await call('project.close');
    }
    tried(context, `schemas ${versions.join(', ')} of ${migrations.length}`);
  });

  it('one of a newer version is refused and left as it is', () => {
    const at = path.join(folder, 'project');
    const project = makeProject(at, small);
    project.db.pragma(`user_version = ${migrations.length + 1}`);
    project.close();
    const before = fs.readFileSync(path.join(at, 'project.sqlite'));
    expect(() => openProject(at)).toThrow(/newer Gardenpath.*nothing was changed/);
    expect(fs.readFileSync(path.join(at, 'project.sqlite')).equals(before)).toBe(true);
  });
});
