import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  annotators,
  appendAct,
  flaggedClasses,
  history,
  judgements,
  judgings,
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

describe('votes, tags and adjudications', () => {
  const adjudicate = (verdict: 'meaningful' | 'not-meaningful' | null): Act => ({ kind: 'adjudication', classId: 1, verdict, reason: 'agreed' }); // prettier-ignore

  it('stand beside each other, each annotator with the latest vote', () => {
    const { db } = project;
    appendAct(db, 'bob', judge(1, 'unsure', '', ['construct unclear']));
    appendAct(db, 'ann', judge(1, 'unsure'));
    appendAct(db, 'ann', judge(1, 'meaningful', '', ['lexical artefact', 'n-gram solvable']));
    appendAct(db, 'cleo', adjudicate('not-meaningful'));
    expect(judgings(db).get(1)).toMatchObject({
      judgement: { annotator: 'ann', verdict: 'meaningful' },
      votes: [
        { annotator: 'ann', verdict: 'meaningful', tags: ['lexical artefact', 'n-gram solvable'] },
        { annotator: 'bob', verdict: 'unsure', tags: ['construct unclear'] },
      ],
      adjudicated: { annotator: 'cleo', verdict: 'not-meaningful', reason: 'agreed' },
    });
    expect(annotators(db)).toEqual([
      { name: 'ann', judgements: 1 },
      { name: 'bob', judgements: 1 },
      { name: 'cleo', judgements: 0 },
    ]);
    expect(history(db, { limit: 2 }).map((event) => event.text)).toEqual([
      expect.stringMatching(/^adjudicated .* not meaningful: agreed$/) as string,
      expect.stringMatching(/ meaningful \(lexical artefact, n-gram solvable\)$/) as string,
    ]);
  });

  it('are undone and redone apart from each other, also after a restart', () => {
    appendAct(project.db, 'ann', judge(1, 'unsure', '', ['construct unclear']));
    appendAct(project.db, 'cleo', adjudicate('meaningful'));
    appendAct(project.db, 'dan', adjudicate('not-meaningful'));
    reopen();
    undo(project.db);
    expect(judgings(project.db).get(1)?.adjudicated).toMatchObject({ annotator: 'cleo', verdict: 'meaningful' }); // prettier-ignore
    undo(project.db);
    expect(judgings(project.db).get(1)).toMatchObject({ adjudicated: null, votes: [{ tags: ['construct unclear'] }] }); // prettier-ignore
    reopen();
    undo(project.db);
    expect(judgings(project.db).size).toBe(0);
    reopen();
    redo(project.db);
    redo(project.db);
    redo(project.db);
    expect(judgings(project.db).get(1)).toMatchObject({ adjudicated: { annotator: 'dan' }, votes: [{ tags: ['construct unclear'] }] }); // prettier-ignore
    appendAct(project.db, 'dan', adjudicate(null));
    expect(judgings(project.db).get(1)?.adjudicated).toBeNull();
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
