import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendAct,
  flaggedClasses,
  history,
  judgements,
  redo,
  undo,
  undoState,
  type Act,
} from '../../src/main/lab/store/annotations.ts';
import { openProject, type Project } from '../../src/main/lab/store/project.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let project: Project;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-annotations-'));
  project = makeProject(folder, { classes: 3, pairs: 2, checkpoints: 1, runs: 1 });
});
afterEach(() => {
  project.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const reopen = (): void => {
  project.close();
  project = openProject(folder);
};

const judge = (classId: number, verdict: 'meaningful' | 'unsure' | null, reason = '', tags: string[] = []): Act => ({ kind: 'judgement', classId, verdict, reason, tags }); // prettier-ignore
const flag = (classId: number, flagged: boolean, runId: number | null = null): Act => ({ kind: 'flag', classId, pairRowId: null, runId, flagged }); // prettier-ignore
const verdictOf = (classId: number) => judgements(project.db).get(classId)?.verdict;

describe('judgements', () => {
  it('are those that were given last, and can be cleared', () => {
    const { db } = project;
    appendAct(db, 'ann', judge(1, 'unsure', 'odd verbs'));
    appendAct(db, 'ann', judge(1, 'meaningful'));
    expect(judgements(db).get(1)).toMatchObject({ verdict: 'meaningful', annotator: 'ann', reason: '' }); // prettier-ignore
    appendAct(db, 'ann', judge(1, null));
    expect(verdictOf(1)).toBeUndefined();
  });

  it('of another annotator stand beside: clearing one’s own shows theirs', () => {
    const { db } = project;
    appendAct(db, 'ann', judge(1, 'unsure'));
    appendAct(db, 'bob', judge(1, 'meaningful'));
    expect(verdictOf(1)).toBe('meaningful');
    appendAct(db, 'bob', judge(1, null));
    expect(verdictOf(1)).toBe('unsure');
  });
});

describe('flags', () => {
  it('on a class hold for every run, on a run’s class for that run', () => {
    const { db } = project;
    appendAct(db, 'ann', flag(1, true));
    appendAct(db, 'ann', flag(2, true, 1));
    appendAct(db, 'ann', { kind: 'flag', classId: 3, pairRowId: 5, runId: null, flagged: true });
    expect([...flaggedClasses(db, 1)].sort()).toEqual([1, 2]);
    expect([...flaggedClasses(db, 2)]).toEqual([1]);
    appendAct(db, 'bob', flag(1, false));
    expect([...flaggedClasses(db, 2)]).toEqual([]);
  });
});

describe('undo and redo', () => {
  it('go back and forth over restarts', () => {
    appendAct(project.db, 'ann', judge(1, 'unsure'));
    appendAct(project.db, 'ann', judge(1, 'meaningful'));
    appendAct(project.db, 'ann', flag(2, true));
    reopen();
    expect(undo(project.db)).toMatch(/^flagged /);
    expect(undo(project.db)).toMatch(/judged .* meaningful/);
    expect(verdictOf(1)).toBe('unsure');
    reopen();
    expect(undoState(project.db)).toEqual({
      canUndo: expect.stringMatching(/unsure/) as string,
      canRedo: expect.stringMatching(/meaningful/) as string,
    });
    expect(redo(project.db)).toMatch(/meaningful/);
    reopen();
    expect(verdictOf(1)).toBe('meaningful');
    expect(redo(project.db)).toMatch(/^flagged /);
    expect(redo(project.db)).toBeNull();
    expect(flaggedClasses(project.db, null).has(2)).toBe(true);
  });

  it('cannot redo once something new was done', () => {
    const { db } = project;
    appendAct(db, 'ann', judge(1, 'unsure'));
    undo(db);
    appendAct(db, 'ann', judge(2, 'unsure'));
    expect(redo(db)).toBeNull();
    expect(undo(db)).toMatch(/judged/);
    expect(undo(db)).toBeNull();
  });

  it('keep every event: nothing is changed or deleted', () => {
    const { db } = project;
    appendAct(db, 'ann', judge(1, 'unsure', 'why'));
    undo(db);
    redo(db);
    undo(db);
    expect(db.prepare('SELECT count(*) FROM annotation_events').pluck().get()).toBe(4);
    expect(() => db.exec('DELETE FROM annotation_events')).toThrow(/append-only/);
    expect(() => db.exec("UPDATE annotation_events SET annotator = 'x'")).toThrow(/append-only/);
    expect(history(db, { limit: 10 })).toMatchObject([{ annotator: 'ann', undone: true, text: expect.stringMatching(/unsure: why$/) as string }]); // prettier-ignore
  });

  it('is seen by a second process that reads', () => {
    const beside = openProject(folder);
    expect(judgements(beside.db).size).toBe(0);
    appendAct(project.db, 'ann', judge(1, 'unsure'));
    expect(judgements(beside.db).size).toBe(1);
    undo(project.db);
    expect(judgements(beside.db).size).toBe(0);
    beside.close();
  });
});
