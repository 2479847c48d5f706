// The command line as a process of its own: a real training run, then everything that reads it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow } from '../../src/main/lab/cli/follow.ts';
import { withProject } from '../../src/main/lab/cli/session.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';

const cli = fileURLToPath(new URL('../../src/main/lab/cli.ts', import.meta.url));
const tiny = ['--set', 'vocabSize=320', 'layers=1', 'hiddenSize=16', 'wordEmbedSize=16', 'heads=2', 'ffnSize=32', 'windowTokens=16', 'batchWindows=4', 'warmupSteps=5']; // prettier-ignore

let folder: string;
let project: string;
let corpus: string;
let suite: string;
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, NODE_NO_WARNINGS: '1', GARDENPATH_CACHE: path.join(folder, 'cache') }); // prettier-ignore

function gardenpath(...args: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: environment(), cwd: folder }); // prettier-ignore
  return { code: status ?? signal, stdout, stderr };
}
/** Runs a command that must succeed and returns the one JSON document that it prints. */
function json<T>(...args: string[]): T {
  const { code, stdout, stderr } = gardenpath(...args, '--json');
  expect(stderr + stdout).toBeTruthy();
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
interface ClassListed { uid: string; field: string; phenomenon: string; pairs: number; right: number; ties: number; accuracy: number; low: number; high: number; meanDelta: number } // prettier-ignore
interface PairListed { pairId: string; good: string; bad: string; goodLogProbNats: number; badLogProbNats: number; delta: number; goodTokens: string[]; badTokens: string[]; goodTokenLogProbsNats: number[]; badTokenLogProbsNats: number[] } // prettier-ignore

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-cli-'));
  project = path.join(folder, 'project');
  corpus = writeTinyCorpus(folder, 600);
  suite = writeTinySuite(folder, 12);
  expect(gardenpath('new', project)).toMatchObject({ code: 0 });
  const trained = gardenpath('train', project, '--corpus', corpus, '--suite', suite, '--preset', 'nano', '--steps', '40', '--checkpoints', 'every:20', '--seed', '3', ...tiny); // prettier-ignore
  expect(trained).toMatchObject({ code: 0, stdout: expect.stringMatching(/finished at step 40/) as string }); // prettier-ignore
  expect(trained.stderr).toMatch(/40 steps on tiny-corpus/);
}, 600_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('after a training run', () => {
  it('runs and checkpoints are listed', () => {
    expect(json<object[]>('runs', project)).toMatchObject([
      { id: 1, preset: 'nano', state: 'finished', step: 40, totalSteps: 40, tokensSeen: 40 * 64, seed: 3 }, // prettier-ignore
    ]);
    const checkpoints = json<{ step: number; wordsSeen: number; heldOutNatsPerToken: number }[]>('checkpoints', project, '--run', '1'); // prettier-ignore
    expect(checkpoints.map((c) => c.step)).toEqual([0, 20, 40]);
    expect(checkpoints[2]?.wordsSeen).toBeGreaterThan(1_000);
    expect(checkpoints[2]?.heldOutNatsPerToken).toBeLessThan(checkpoints[0]?.heldOutNatsPerToken ?? 0); // prettier-ignore
  });

  it('a reader that has seen enough is no failure', () => {
    const piped = spawnSync('bash', ['-c', 'set -o pipefail; "$0" "$@" | true', process.execPath, cli, 'classes', project, '--json'], { encoding: 'utf8', env: environment() }); // prettier-ignore
    expect({ code: piped.status, stderr: piped.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('classes have the columns promised, and the accuracy that their pairs give', () => {
    const classes = json<ClassListed[]>('classes', project);
    expect(classes.map((one) => one.uid).sort()).toEqual(['agreement_far', 'agreement_near']);
    for (const one of classes) {
      expect(Object.keys(one)).toEqual(['uid', 'field', 'phenomenon', 'pairs', 'right', 'ties', 'accuracy', 'low', 'high', 'meanDelta']); // prettier-ignore
      const pairs = json<PairListed[]>('pairs', project, '--class', one.uid);
      expect(pairs).toHaveLength(12);
      expect(one.right).toBe(pairs.filter((pair) => pair.delta > 0).length);
      expect(one.accuracy).toBe(one.right / 12);
      expect(one.meanDelta).toBeCloseTo(pairs.reduce((sum, p) => sum + p.delta, 0) / 12, 10);
    }
    const first = json<ClassListed[]>('classes', project, '--checkpoint', '0');
    expect(first).not.toEqual(classes);
    expect(json('classes', project, '--checkpoint', 'last', '--run', '1', '--suite', 'TINY-suite', '--profile', 'gardenpath')).toEqual(classes); // prettier-ignore
  });

  it('tokens sum to the sentence scores', () => {
    const sum = (nats: number[]): number => nats.reduce((total, n) => total + n, 0);
    for (const pair of json<PairListed[]>(
      'pairs',
      project,
      '--class',
      'agreement_near',
      '--tokens',
    )) {
      expect(pair.goodTokens.join('').replaceAll('␣', ' ')).toBe(pair.good);
      expect(pair.goodTokenLogProbsNats).toHaveLength(pair.goodTokens.length);
      expect(pair.badTokenLogProbsNats).toHaveLength(pair.badTokens.length);
      expect(sum(pair.goodTokenLogProbsNats)).toBeCloseTo(pair.goodLogProbNats, 10);
      expect(sum(pair.badTokenLogProbsNats)).toBeCloseTo(pair.badLogProbNats, 10);
      expect(pair.delta).toBeCloseTo(pair.goodLogProbNats - pair.badLogProbNats, 12);
    }
  });

  it('tables for people have the same columns', () => {
    const { stdout, code } = gardenpath('classes', project);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]?.split(/\s+/)).toEqual(['uid', 'field', 'phenomenon', 'pairs', 'right', 'ties', 'accuracy', 'low', 'high', 'meanDelta']); // prettier-ignore
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  it('judging and flagging are kept, and undone nowhere else', () => {
    expect(json('judge', project, '--class', 'agreement_far', '--verdict', 'not-meaningful', '--reason', 'lexical artefact', '--annotator', 'ann')).toMatchObject({ uid: 'agreement_far', verdict: 'not-meaningful' }); // prettier-ignore
    expect(json('flag', project, '--class', 'AGREEMENT_NEAR')).toMatchObject({ uid: 'agreement_near', flagged: true }); // prettier-ignore
    expect(json('flag', project, '--class', 'agreement_near', '--clear')).toMatchObject({ flagged: false }); // prettier-ignore
    const opened = openProject(project);
    const events = opened.db.prepare('SELECT kind, annotator FROM annotation_events').all();
    opened.close();
    expect(events).toMatchObject([{ kind: 'judgement', annotator: 'ann' }, { kind: 'flag' }, { kind: 'flag' }]); // prettier-ignore
  });

  it('the run is scored under another profile, then extended, and the choice must be named', () => {
    json('score', project, '--run', '1', '--suite', suite, '--profile', 'lm-eval', '--pairs-per-class', '5'); // prettier-ignore
    const ambiguous = gardenpath('classes', project, '--json');
    expect(ambiguous).toMatchObject({ code: 2, stdout: '' });
    expect(ambiguous.stderr).toMatch(/--profile "?lm-eval"?/);
    const sampled = json<ClassListed[]>('classes', project, '--profile', 'lm-eval');
    expect(sampled.map((one) => one.pairs)).toEqual([5, 5]);
    expect(json('train', project, '--resume', '1', '--steps', '60')).toMatchObject({ id: 1, state: 'finished', step: 60 }); // prettier-ignore
    expect(json<ClassListed[]>('classes', project, '--profile', 'lm-eval', '--checkpoint', '60').map((one) => one.pairs)).toEqual([5, 5]); // prettier-ignore
  });

  it('goes on elsewhere once its text is shown again, and on no other text', () => {
    const [zip, elsewhere] = [path.join(folder, 'packed.zip'), path.join(folder, 'elsewhere')];
    json('pack', project, '--out', zip, '--weights');
    json('unpack', zip, elsewhere);
    expect(gardenpath('train', project, '--resume', '1', '--steps', '50')).toMatchObject({ code: 2, stderr: expect.stringMatching(/longer, not shorter/) as string }); // prettier-ignore
    fs.rmSync(path.join(folder, 'cache'), { recursive: true }); // another machine has not encoded it
    const goOn = (...more: string[]) => gardenpath('train', elsewhere, '--resume', '1', '--steps', '70', ...more, '--json'); // prettier-ignore
    expect(goOn()).toMatchObject({ code: 1, stderr: expect.stringMatching(/The text of “[^”]+” is not at hand: a packed project leaves texts out\. .*--resume RUN --corpus FOLDER/) as string }); // prettier-ignore
    const other = path.join(folder, 'other-text.txt');
    fs.writeFileSync(other, 'another text .\n'.repeat(200));
    expect(goOn('--corpus', other)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is another text than/) as string }); // prettier-ignore
    const { stdout, code } = goOn('--corpus', corpus);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'finished', step: 70 });
  });
});

describe('exit codes', () => {
  it.each([
    ['an unknown command', ['dance']],
    ['an unknown option', ['runs', 'p', '--fast']],
    ['a missing option', ['pairs', 'p']],
    ['a number that is none', ['train', 'p', '--steps', 'many']],
    ['an unknown verdict', ['judge', 'p', '--class', 'c', '--verdict', 'nice']],
  ])('2 for %s', (_, args) => {
    const { code, stdout, stderr } = gardenpath(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it('2 for settings and names that do not exist, which are listed', () => {
    const train = (...args: string[]) => gardenpath('train', project, '--corpus', corpus, ...args);
    expect(train('--set', 'hiddenSise=4')).toMatchObject({ code: 2, stderr: expect.stringMatching(/no setting “hiddenSise”.*hiddenSize/s) as string }); // prettier-ignore
    expect(train('--set', 'dropout=2')).toMatchObject({ code: 2, stderr: expect.stringMatching(/dropout/) as string }); // prettier-ignore
    expect(train('--preset', 'giant')).toMatchObject({ code: 2, stderr: expect.stringMatching(/nano/) as string }); // prettier-ignore
    expect(gardenpath('pairs', project, '--class', 'nosuch')).toMatchObject({ code: 2 });
  });

  it('1 for what cannot be done', () => {
    expect(gardenpath('runs', path.join(folder, 'nowhere'))).toMatchObject({ code: 1, stderr: expect.stringMatching(/gardenpath new/) as string }); // prettier-ignore
    expect(gardenpath('classes', project, '--run', '99')).toMatchObject({ code: 1 });
    expect(gardenpath('train', project, '--corpus', path.join(folder, 'cache'))).toMatchObject({ code: 1 }); // prettier-ignore
  });

  it('0 for help, of the program and of each command', () => {
    const help = gardenpath('--help');
    expect(help.code).toBe(0);
    for (const command of [
      'new',
      'engine',
      'demo',
      'train',
      'runs',
      'checkpoints',
      'score',
      'classes',
      'pairs',
      'judge',
      'flag',
      'ngram',
      'hypothesis',
      'experiment',
    ])
      expect(help.stdout).toMatch(new RegExp(`^ +${command} `, 'm'));
    expect(gardenpath('train', '--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/--pairs-per-class/) as string }); // prettier-ignore
  });
});

describe('beside another process', () => {
  it('a project is read, and says that it cannot be changed', () => {
    const held = openProject(project);
    const listed = gardenpath('runs', project, '--json');
    expect(listed.code).toBe(0);
    expect(listed.stderr).toMatch(/reading only/);
    expect(JSON.parse(listed.stdout)).toHaveLength(1);
    expect(gardenpath('flag', project, '--class', 'agreement_near')).toMatchObject({ code: 1, stderr: expect.stringMatching(/reading only/) as string }); // prettier-ignore
    held.close();
  });
});

const countCheckpoints = (at: string): number => {
  const runFolder = path.join(at, 'checkpoints', '1');
  return fs.existsSync(runFolder) ? fs.readdirSync(runFolder).filter((name) => /^step-\d+$/.test(name)).length : 0; // prettier-ignore
};
function hasRun(at: string): boolean {
  if (!fs.existsSync(path.join(at, 'project.sqlite'))) return false;
  const opened = openProject(at);
  const runs = opened.db.prepare('SELECT id FROM runs').all().length;
  opened.close();
  return runs > 0;
}

describe('models trained elsewhere', () => {
  const series = (): string => path.join(project, 'checkpoints', '1');
  it('are scored as checkpoints of an imported run, to the numbers that their own run has', () => {
    const other = path.join(folder, 'imported');
    const run = json<object>('score', other, '--model', series(), '--suite', suite, '--name', 'theirs'); // prettier-ignore
    expect(run).toMatchObject({ name: 'theirs', preset: 'imported', state: 'finished', step: 60, checkpoints: 4, seed: null }); // prettier-ignore
    for (const step of ['0', '60']) {
      const pairs = (at: string) => json<PairListed[]>('pairs', at, '--class', 'agreement_far', '--checkpoint', step, '--profile', 'gardenpath', '--tokens'); // prettier-ignore
      expect(pairs(other)).toEqual(pairs(project));
    }
    // Under another profile too, and its models can be deleted without harm to where they came from.
    expect(gardenpath('score', other, '--run', '1', '--suite', 'tiny-suite', '--profile', 'lm-eval')).toMatchObject({ code: 0 }); // prettier-ignore
    expect(gardenpath('train', other, '--resume', '1', '--steps', '80')).toMatchObject({ code: 1, stderr: expect.stringMatching(/trained elsewhere/) as string }); // prettier-ignore
    fs.rmSync(other, { recursive: true });
    expect(fs.existsSync(path.join(series(), 'step-40', 'model.safetensors'))).toBe(true);
  });

  it('are refused where they are no series, or pickles', () => {
    const pickle = path.join(folder, 'pickle');
    fs.cpSync(path.join(series(), 'step-40'), pickle, { recursive: true });
    fs.rmSync(path.join(pickle, 'model.safetensors'));
    fs.writeFileSync(path.join(pickle, 'pytorch_model.bin'), '');
    const score = (...models: string[]) => gardenpath('score', path.join(folder, 'refused'), '--suite', suite, '--model', ...models); // prettier-ignore
    expect(score(pickle)).toMatchObject({ code: 1, stderr: expect.stringMatching(/pickle.*save_pretrained/s) as string }); // prettier-ignore
    const wider = path.join(folder, 'step-99');
    fs.cpSync(path.join(series(), 'step-40'), wider, { recursive: true });
    const config = path.join(wider, 'config.json');
    fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace('"ffn_dim": 32', '"ffn_dim": 64')); // prettier-ignore
    expect(score(path.join(series(), 'step-40'), wider)).toMatchObject({ code: 1, stderr: expect.stringMatching(/ffnSize are 64 and 32/) as string }); // prettier-ignore
    expect(gardenpath('score', project, '--suite', suite)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--run RUN or --model/) as string }); // prettier-ignore
  });
});

it('told to stop while corpus and suites are still read, a run pauses as soon as it is there', async () => {
  const stopped = path.join(folder, 'stopped');
  fs.cpSync(project, stopped, { recursive: true });
  const following = withProject(stopped, (session) =>
    follow(session, () => {
      process.emit('SIGTERM');
      return session.call('runs.extend', { runId: 1, totalSteps: 20_000 });
    }),
  );
  await expect(following).rejects.toThrow(/Run 1 is paused at step \d+ of 20000\. Go on with --resume 1/); // prettier-ignore
  expect(json<object[]>('runs', stopped)[0]).toMatchObject({ id: 1, state: 'paused' });
});

describe('killed at any moment', () => {
  it('a run goes on from its last checkpoint and ends as one that was not killed', async () => {
    const settings = ['--corpus', corpus, '--suite', suite, '--steps', '300', '--checkpoints', 'every:30', ...tiny]; // prettier-ignore
    const whole = path.join(folder, 'whole');
    json('train', whole, ...settings);
    const killed = path.join(folder, 'killed');
    const start = (...args: string[]) =>
      spawn(process.execPath, [cli, 'train', killed, ...args], { env: environment(), stdio: 'ignore' }); // prettier-ignore
    // Killed once so many checkpoint folders are there and some milliseconds have passed: while it
    // starts, trains, saves or scores.
    const moments = [[0, 0], [1, 0], [3, 9], [5, 40], [8, 17]] as const; // prettier-ignore
    for (const [checkpoints, laterMs] of moments) {
      const run = start(...(hasRun(killed) ? ['--resume', '1'] : settings));
      const ended = new Promise((resolve) => run.once('exit', resolve));
      while (run.exitCode === null && countCheckpoints(killed) < checkpoints) await sleep(3);
      await sleep(laterMs);
      run.kill('SIGKILL');
      await ended;
      expect(run.signalCode).toBe('SIGKILL');
      if (!hasRun(killed)) continue;
      const opened = openProject(killed);
      expect(opened.readOnlyReason).toBeNull();
      expect(opened.db.pragma('integrity_check', { simple: true })).toBe('ok');
      opened.close();
    }
    json('train', killed, '--resume');
    expect(gardenpath('train', killed, '--resume')).toMatchObject({ code: 2, stderr: expect.stringMatching(/finished/) as string }); // prettier-ignore
    const [a, b] = [whole, killed].map((at) => {
      const opened = openProject(at);
      const scores = opened.db.prepare('SELECT k.step, s.pair_id, s.good_nats, s.bad_nats, s.token_nats FROM scores s JOIN scorings g ON g.id = s.scoring_id JOIN checkpoints k ON k.id = g.checkpoint_id ORDER BY 1, 2').all(); // prettier-ignore
      const losses = opened.db.prepare('SELECT step, loss_nats FROM run_metrics ORDER BY step').all(); // prettier-ignore
      const unfinished = opened.db.prepare('SELECT count(*) FROM scorings WHERE finished_at_ms IS NULL').pluck().get(); // prettier-ignore
      opened.close();
      const files = fs.readdirSync(path.join(at, 'checkpoints', '1')).sort();
      const weights = fs.readFileSync(path.join(at, 'checkpoints/1/step-300/model.safetensors'), 'base64'); // prettier-ignore
      return { scores, losses, unfinished, files, weights };
    });
    expect(b).toEqual(a);
    expect(a?.losses).toHaveLength(300);
    expect(a?.scores).toHaveLength(11 * 24);
  }, 600_000); // a limit for what hangs
});
