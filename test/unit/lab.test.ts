import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { labServes } from '../../src/shared/api.ts';
import type { ErrorReply } from '../../src/shared/errors.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
const events: string[] = [];
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-lab-'));
  makeProject(path.join(folder, 'project'), { classes: 2, pairs: 3, checkpoints: 2, runs: 1 }).close(); // prettier-ignore
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: (event) => events.push(event) }); // prettier-ignore
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const errorOf = async (name: string, params: unknown): Promise<ErrorReply | null> => {
  const reply = await lab.call(name, params);
  return reply.ok ? null : reply.error;
};

describe('dispatch', () => {
  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'classes.list ',
    '',
    'shell.copyText',
  ])('knows no method %j', async (name) =>
    expect(await errorOf(name, {})).toMatchObject({ code: 'unknown-method' }),
  );

  it('says that no project is open', async () => {
    expect(await lab.call('project.info', {})).toEqual({ ok: true, value: null });
    expect(await errorOf('runs.list', {})).toMatchObject({ code: 'no-project' });
  });

  it('names the parameter that is wrong', async () => {
    const error = await errorOf('pairs.page', { classId: 1, limit: 0, extra: 1 });
    expect(error).toMatchObject({ code: 'bad-params' });
    expect(error?.message).toMatch(/limit/);
    expect(error?.message).toMatch(/extra/);
  });

  it('answers every method, whatever it is given, with a reply', async () => {
    await lab.call('project.open', { path: path.join(folder, 'project') });
    // These read or make files by path, or start the engine; their parameters are checked like the others'.
    const apart = ['project.create', 'project.open', 'project.close', 'corpora.add', 'corpora.addEmbedded', 'suites.add', 'suites.addStarter', 'tokenizers.add', 'engine.info', 'runs.start', 'runs.estimate', 'runs.resume', 'runs.extend', 'scores.start', 'runs.delete', 'export.all']; // prettier-ignore
    const names = Object.keys(labServes).filter((name) => !apart.includes(name));
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constantFrom(1, 2, 0, -1, 1e300, NaN, '', 'delta')); // prettier-ignore
    const params = fc.oneof(value, fc.dictionary(fc.constantFrom('runId', 'classId', 'step', 'suiteId', 'profile', 'pairRowId', 'limit', 'sort', 'verdict', 'annotator', 'flagged', '__proto__'), value)); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), params, async (name, given) => {
        const error = await errorOf(name, given);
        if (error) expect(['bad-params', 'not-found']).toContain(error.code);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a project beside another lab', () => {
  it('can be looked at and not changed', async () => {
    await lab.call('project.open', { path: path.join(folder, 'project') });
    const second = createLab({ stateDir: path.join(folder, 'state'), startQueued: true, emit: () => undefined }); // prettier-ignore
    const opened = await second.call('project.open', { path: path.join(folder, 'project') });
    expect(opened).toMatchObject({ ok: true, value: { readOnly: true } });
    expect((await second.call('classes.list', {})).ok).toBe(true);
    const judging = await second.call('judgements.set', { classId: 1, verdict: 'unsure', annotator: 'ann' }); // prettier-ignore
    expect(judging).toMatchObject({ ok: false, error: { code: 'read-only' } });
    await second.close();
  });
});

describe('judging through the lab', () => {
  it('shows in the class list and is told to the window', async () => {
    await lab.call('project.open', { path: path.join(folder, 'project') });
    await lab.call('judgements.set', { classId: 1, verdict: 'not-meaningful', reason: 'odd', annotator: 'ann' }); // prettier-ignore
    await lab.call('flags.set', { classId: 2, flagged: true, annotator: 'ann' });
    expect(await lab.call('classes.list', {})).toMatchObject({
      value: {
        classes: [
          { judgement: { verdict: 'not-meaningful', reason: 'odd' }, flagged: false },
          { judgement: null, flagged: true },
        ],
      },
    });
    expect(events).toContain('annotations.changed');
    await lab.call('annotations.undo', {});
    expect(await lab.call('annotations.undo', {})).toMatchObject({ value: { undone: expect.stringMatching(/judged/) as string } }); // prettier-ignore
    expect(await lab.call('project.info', {})).toMatchObject({ value: { canRedo: expect.stringMatching(/judged/) as string } }); // prettier-ignore
    expect(await errorOf('flags.set', { classId: 1, pairRowId: 6, flagged: true, annotator: 'ann' })).toMatchObject({ code: 'bad-params' }); // prettier-ignore
  });
});
