// Folders of other tools' checkpoints, put in order.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { countInName, listSeries } from '../../src/main/lab/scoring/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-series-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;
/** A folder with models under these names ('' is itself). */
function folderOf(...models: string[]): string {
  const folder = join(scratch, `series-${made++}`);
  for (const model of models) {
    mkdirSync(join(folder, model), { recursive: true });
    writeFileSync(join(folder, model, 'config.json'), '{}');
  }
  return folder;
}
const listed = (...paths: string[]) => listSeries(paths).map(({ name, step, wordsSeen }) => [name, step, wordsSeen]); // prettier-ignore

test.each([
  ['step-500', 'steps', 500],
  ['step_500', 'steps', 500],
  ['checkpoint-12000', 'steps', 12_000],
  ['chck_10M', 'words', 10e6],
  ['chck_1.5B', 'words', 1.5e9],
])('countInName(%s)', (name, unit, value) => {
  expect(countInName(name)).toEqual({ unit, value });
});
test.each(['main', 'step-', 'checkpoint-best', 'runs-5'])('no count in %s', (name) => {
  expect(countInName(name)).toBeNull();
});

describe('listSeries', () => {
  test('checkpoints by their numbers, not as strings; the last model beside them is left out', () => {
    const folder = folderOf('', 'checkpoint-900', 'checkpoint-1000', 'checkpoint-80', 'runs');
    expect(listed(folder)).toEqual([
      ['checkpoint-80', 80, null],
      ['checkpoint-900', 900, null],
      ['checkpoint-1000', 1000, null],
    ]);
  });

  test("BabyLM's checkpoints by words", () => {
    expect(listed(folderOf('chck_100M', 'chck_9M', 'chck_10M'))).toEqual([
      ['chck_9M', 1, 9e6],
      ['chck_10M', 2, 10e6],
      ['chck_100M', 3, 100e6],
    ]);
  });

  test('one model; several without counts, as given', () => {
    const [a, b] = [folderOf(''), folderOf('')];
    expect(listSeries([a])).toMatchObject([{ folder: a, step: 1, wordsSeen: null }]);
    expect(listSeries([b, a]).map(({ folder, step }) => [folder, step])).toEqual([[b, 1], [a, 2]]); // prettier-ignore
  });

  test("a model's revisions in Hugging Face's cache", () => {
    const folder = folderOf('snapshots/aaa', 'snapshots/bbb', 'snapshots/ccc');
    mkdirSync(join(folder, 'refs'));
    for (const [name, hash] of [
      ['main', 'ccc'],
      ['chck_2M', 'bbb'],
      ['chck_1M', 'aaa'],
      ['chck_3M', 'gone'],
    ] as const)
      // prettier-ignore
      writeFileSync(join(folder, 'refs', name), hash);
    expect(listSeries([folder])).toMatchObject([
      { folder: join(folder, 'snapshots', 'aaa'), name: 'chck_1M', wordsSeen: 1e6 },
      { folder: join(folder, 'snapshots', 'bbb'), name: 'chck_2M', wordsSeen: 2e6 },
    ]);
  });

  test('what cannot be ordered or is not there is refused', () => {
    expect(() => listSeries([folderOf('step-5', 'chck_1M')])).toThrow(/one order/);
    expect(() => listSeries([folderOf('step-5', 'step_5')])).toThrow(/Two of these .*step-5, .*step_5/); // prettier-ignore
    expect(() => listSeries([scratch])).toThrow(/holds no model/);
    expect(() => listSeries([join(scratch, 'nowhere')])).toThrow(/not a folder/);
  });
});
