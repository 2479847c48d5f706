// Parquet tables, read back by another library.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { ClassRow, PairDetail, PairRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';

type Row = Record<string, unknown>;
let folder: string;
let lab: RunningLab;
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
const read = async (name: string): Promise<Row[]> =>
  parquetReadObjects({ file: await asyncBufferFromFile(path.join(folder, 'out', `${name}.parquet`)) }); // prettier-ignore
const shape = { classes: 3, pairs: 5, checkpoints: 3, runs: 2 };
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-parquet-test-'));
  makeProject(path.join(folder, 'project'), shape).close();
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  await call('project.open', { path: path.join(folder, 'project') });
  expect(await call<{ files: number }>('parquet.write', { path: path.join(folder, 'out') })).toMatchObject({ files: 4 }); // prettier-ignore
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('Parquet', () => {
  it('has every class at every checkpoint, number for number', async () => {
    const rows = await read('classes');
    expect(rows).toHaveLength(shape.runs * shape.checkpoints * shape.classes);
    const { classes } = await call<{ classes: ClassRow[] }>('classes.list', { runId: 2 });
    for (const { uid, accuracy, low, meanDelta, right } of classes) {
      const row = rows.filter((one) => one['run_id'] === 2 && one['uid'] === uid).at(-1);
      expect(row).toMatchObject({ accuracy, accuracy_low: low, mean_delta: meanDelta, right });
    }
    expect(typeof rows[0]?.['tokens_seen']).toBe('bigint');
    expect(rows.some((row) => row['human'] === null || typeof row['human'] === 'number')).toBe(true); // prettier-ignore
  });

  it('has the sentences, and the scores of every pair and token', async () => {
    const [sentences, scores, tokens] = [await read('pairs'), await read('pair_scores'), await read('token_scores')]; // prettier-ignore
    expect(sentences).toHaveLength(shape.classes * shape.pairs);
    expect(scores).toHaveLength(shape.runs * shape.checkpoints * shape.classes * shape.pairs);
    const [{ classId } = { classId: 0 }] = (await call<{ classes: ClassRow[] }>('classes.list', { runId: 1 })).classes; // prettier-ignore
    const { rows } = await call<{ rows: PairRow[] }>('pairs.page', { runId: 1, classId });
    const [pair] = rows;
    const pairRowId = pair?.pairRowId ?? 0;
    const detail = await call<PairDetail>('pairs.get', { runId: 1, pairRowId });
    const last = detail.checkpoints.at(-1);
    const here = (row: Row) => row['run_id'] === 1 && row['pair_row_id'] === pairRowId && row['step'] === last?.step; // prettier-ignore
    expect(sentences.find((row) => row['pair_row_id'] === pairRowId)).toMatchObject({ good: detail.good, bad: detail.bad }); // prettier-ignore
    expect(scores.filter(here)).toMatchObject([{ good_nats: pair?.goodLogProbNats, bad_nats: pair?.badLogProbNats, outcome: (pair?.delta ?? 0) > 0 ? 'right' : 'wrong' }]); // prettier-ignore
    const bad = tokens.filter((row) => here(row) && row['sentence'] === 'bad');
    expect(bad.map((row) => row['token'])).toEqual(detail.badTokens);
    expect(bad.map((row) => row['token_nats'])).toEqual([null, ...(last?.badTokenLogProbsNats ?? [])]); // prettier-ignore
    expect(bad.map((row) => row['position'])).toEqual(detail.badTokens.map((_, i) => i));
  });

  it('leaves nothing behind where it cannot write', async () => {
    const file = path.join(folder, 'a-file');
    fs.writeFileSync(file, '');
    await expect(call('parquet.write', { path: file })).rejects.toThrow(/cannot be written/);
    expect(fs.readdirSync(path.join(folder, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]); // prettier-ignore
  });
});
