// Judgements to CSV and Label Studio and back into another project.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { AnnotationEvent, ClassRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
const votes = async () => {
  const { classes } = await call<{ classes: ClassRow[] }>('classes.list');
  return classes.map(({ uid, votes, adjudicated }) => ({ uid, votes, adjudicated }));
};
const write = (name: string, text: string): string => {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-judgements-'));
  for (const name of ['a', 'b'])
    makeProject(path.join(folder, name), { classes: 3, pairs: 30, checkpoints: 2, runs: 1 }).close(); // prettier-ignore
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  await call('project.open', { path: path.join(folder, 'a') });
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function judgeSome(): Promise<void> {
  await call('judgements.set', { classId: 1, verdict: 'not-meaningful', reason: '=cmd()|x, "quoted"\nand more', tags: ['lexical artefact', 'b'], annotator: 'ann' }); // prettier-ignore
  await call('judgements.set', { classId: 1, verdict: 'unsure', annotator: '-bo' });
  await call('judgements.set', { classId: 2, verdict: 'meaningful', annotator: 'ann' });
  await call('adjudications.set', { classId: 1, verdict: 'not-meaningful', reason: 'agreed', annotator: 'cleo' }); // prettier-ignore
  await call('flags.set', { classId: 3, flagged: true, annotator: 'ann' });
}

describe.each(['csv', 'label-studio'] as const)('as %s', (format) => {
  it('come back in another project as they were, once', async () => {
    await judgeSome();
    const before = await votes();
    const file = write(`out.${format === 'csv' ? 'csv' : 'json'}`, await call<string>('judgements.text', { format })); // prettier-ignore
    expect(await call('judgements.import', { path: file })).toEqual({ added: 0, unchanged: 4, olderThanHere: 0 }); // prettier-ignore
    await call('project.open', { path: path.join(folder, 'b') });
    expect(await call('judgements.import', { path: file })).toEqual({ added: 4, unchanged: 0, olderThanHere: 0 }); // prettier-ignore
    expect(await votes()).toEqual(before);
    expect(await call('judgements.import', { path: file })).toMatchObject({ added: 0, unchanged: 4 }); // prettier-ignore
    await call('judgements.set', { classId: 2, verdict: 'unsure', annotator: 'ann' });
    expect(await call('judgements.import', { path: file })).toEqual({ added: 0, unchanged: 3, olderThanHere: 1 }); // prettier-ignore
  });
});

it('Label Studio is given every class with its pairs, under the names of docs/judgements.md', async () => {
  await judgeSome();
  const tasks = JSON.parse(await call<string>('judgements.text', { format: 'label-studio' })) as { data: { uid: string; pairs: string }; annotations: { ground_truth: boolean; result: { from_name: string; to_name: string }[] }[] }[]; // prettier-ignore
  expect(tasks).toHaveLength(3);
  expect(tasks[0]?.data.pairs.split('\n\n')).toHaveLength(20);
  expect(tasks.map(({ annotations }) => annotations.map((one) => one.ground_truth))).toEqual([[false, false, true], [false], []]); // prettier-ignore
  const page = fs.readFileSync(new URL('../../docs/judgements.md', import.meta.url), 'utf8');
  for (const { from_name, to_name } of tasks.flatMap(({ annotations }) =>
    annotations.flatMap(({ result }) => result),
  ))
    // prettier-ignore
    expect(page).toContain(`name="${from_name}" toName="${to_name}"`);
});

it('what Label Studio’s users judged is theirs', async () => {
  const uid = (await votes())[0]?.uid;
  const result = [{ id: 'x', from_name: 'verdict', to_name: 'pairs', type: 'choices', value: { choices: ['unsure'] } }]; // prettier-ignore
  const tasks = [{ id: 7, data: { uid, pairs: '' }, annotations: [{ completed_by: 3, created_at: '2026-01-31T12:00:00Z', result }, { completed_by: { id: 4, email: 'a@b.example' }, result }, { was_cancelled: true, result: [] }], predictions: [] }]; // prettier-ignore
  expect(await call('judgements.import', { path: write('ls.json', JSON.stringify(tasks)) })).toMatchObject({ added: 2 }); // prettier-ignore
  expect((await votes())[0]?.votes.map((vote) => vote.annotator)).toEqual(['a@b.example', 'Label Studio user 3']); // prettier-ignore
});

it.each<[string, string, RegExp]>([
  ['a verdict that is none', 'uid,annotator,verdict\nUID,ann,meaningful\nUID,bo,perhaps\n', /x\.csv, line 3: “perhaps” is no verdict/], // prettier-ignore
  ['a class that is not there', 'uid,annotator,verdict\nUID,ann,meaningful\nnone,ann,unsure\n', /x\.csv, line 3: this project has no class “none”/], // prettier-ignore
  ['a suite that is not there', 'suite,uid,annotator,verdict\nnone,UID,ann,unsure\n', /x\.csv, line 2: this project has no suite “none”\. Add it first/], // prettier-ignore
  ['a time that is none', 'uid,annotator,verdict,at\nUID,ann,unsure,yesterday\n', /x\.csv, line 2: “yesterday” is no time/], // prettier-ignore
  ['nobody', 'uid,annotator,verdict\nUID, ,unsure\n', /x\.csv, line 2: who judged is not said/],
  ['other columns', 'class,who\nUID,ann\n', /x\.csv, line 2: “uid” is missing/],
  ['other JSON', '[{"data": {"text": "x"}}]', /x\.csv: 0\.data\.uid: .*Export from Label Studio as JSON/], // prettier-ignore
])('refuses %s, and takes in nothing', async (_, text, message) => {
  const uid = (await votes())[0]?.uid ?? '';
  await expect(call('judgements.import', { path: write('x.csv', text.replaceAll('UID', uid)) })).rejects.toThrow(message); // prettier-ignore
  expect(await call<AnnotationEvent[]>('annotations.history')).toEqual([]);
});
