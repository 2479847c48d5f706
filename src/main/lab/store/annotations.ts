// Judgements, adjudications, flags and shapes as an append-only list of events. What holds now is what the events amount
// to; undoing and redoing are events too, so both survive a restart and nothing is ever lost.
import type { AnnotationEvent, Judgement, Verdict } from '../../../shared/domain.ts';
import type { Shape, ShapeOverride } from '../../../shared/trajectories.ts';
import type { Annotator } from '../../../shared/workbench.ts';
import { all, run, type Db } from './sql.ts';

export type Act =
  | { kind: 'judgement'; classId: number; verdict: Verdict | null; reason: string; tags: string[] }
  | { kind: 'adjudication'; classId: number; verdict: Verdict | null; reason: string }
  | { kind: 'flag'; classId: number; pairRowId: number | null; runId: number | null; flagged: boolean } // prettier-ignore
  | { kind: 'shape'; classId: number; runId: number; shape: Shape | null };

interface EventSql {
  id: number;
  atMs: number;
  annotator: string;
  kind: Act['kind'] | 'undo' | 'redo';
  classId: number | null;
  pairRowId: number | null;
  runId: number | null;
  targetId: number | null;
  value: string | null;
  uid: string | null;
  pairId: string | null;
}
type ActEvent = Act & { id: number; atMs: number; annotator: string; text: string };

interface Fold {
  lastId: number;
  acts: Map<number, ActEvent>;
  /** Acts that hold or held, oldest first; and those undone, the next to redo last. */
  done: ActEvent[];
  undone: ActEvent[];
  /** By what they are on (keyOf): the acts on it that are not undone, the one that holds last. */
  live: Map<string, ActEvent[]>;
}

const folds = new WeakMap<Db, Fold>();

/** Brings the fold up to the last event; a second process sees what the first one appends. */
function fold(db: Db): Fold {
  let state = folds.get(db);
  if (!state) {
    state = { lastId: 0, acts: new Map(), done: [], undone: [], live: new Map() };
    folds.set(db, state);
  }
  const events = all<EventSql>(
    db,
    `SELECT e.id, e.at_ms AS atMs, e.annotator, e.kind, e.class_id AS classId, e.pair_id AS pairRowId,
       e.run_id AS runId, e.target_id AS targetId, e.value_json AS value, c.uid, p.pair_id AS pairId
     FROM annotation_events e LEFT JOIN classes c ON c.id = e.class_id LEFT JOIN pairs p ON p.id = e.pair_id
     WHERE e.id > ? ORDER BY e.id`,
    state.lastId,
  );
  for (const event of events) apply(state, event);
  return state;
}

function apply(state: Fold, event: EventSql): void {
  state.lastId = event.id;
  if (event.kind === 'undo' || event.kind === 'redo') {
    const act = state.acts.get(event.targetId ?? 0);
    if (!act) return;
    const [from, to] = event.kind === 'undo' ? [state.done, state.undone] : [state.undone, state.done]; // prettier-ignore
    from.splice(from.indexOf(act), 1);
    to.push(act);
    const onKey = state.live.get(keyOf(act)) ?? [];
    if (event.kind === 'undo') onKey.splice(onKey.indexOf(act), 1);
    else onKey.push(act);
    return;
  }
  const act = actOf(event);
  state.acts.set(act.id, act);
  state.done.push(act);
  state.undone.length = 0; // a new act ends what could be redone
  const key = keyOf(act);
  state.live.set(key, [...(state.live.get(key) ?? []), act]);
}

function actOf(event: EventSql): ActEvent {
  const value: unknown = JSON.parse(event.value ?? '{}');
  const common = { id: event.id, atMs: event.atMs, annotator: event.annotator };
  const classId = event.classId ?? 0;
  const uid = event.uid ?? '';
  if (event.kind === 'judgement') {
    const { verdict, reason, tags = [] } = value as { verdict: Verdict | null; reason: string; tags?: string[] }; // prettier-ignore
    const text = verdict === null ? `cleared the judgement of ${uid}` : `judged ${uid} ${inWords(verdict, reason, tags)}`; // prettier-ignore
    return { ...common, kind: 'judgement', classId, verdict, reason, tags, text };
  }
  if (event.kind === 'adjudication') {
    const { verdict, reason } = value as { verdict: Verdict | null; reason: string };
    const text = verdict === null ? `cleared the adjudication of ${uid}` : `adjudicated ${uid} ${inWords(verdict, reason)}`; // prettier-ignore
    return { ...common, kind: 'adjudication', classId, verdict, reason, text };
  }
  if (event.kind === 'shape') {
    const { shape } = value as { shape: Shape | null };
    const runId = event.runId ?? 0;
    const text = shape === null ? `left the shape of ${uid} in run ${runId} to the rules` : `said that ${uid} in run ${runId} is “${shape}”`; // prettier-ignore
    return { ...common, kind: 'shape', classId, runId, shape, text };
  }
  const { flagged } = value as { flagged: boolean };
  const { pairRowId, runId } = event;
  const what = (pairRowId === null ? uid : `pair ${event.pairId} of ${uid}`) + (runId === null ? '' : ` in run ${runId}`); // prettier-ignore
  const text = flagged ? `flagged ${what} as an entrenched early error` : `removed the flag of ${what}`; // prettier-ignore
  return { ...common, kind: 'flag', classId, pairRowId, runId, flagged, text };
}

function inWords(verdict: Verdict, reason: string, tags: readonly string[] = []): string {
  const tagged = tags.length ? ` (${tags.join(', ')})` : '';
  return `${verdict.replace('-', ' ')}${tagged}${reason ? `: ${reason}` : ''}`;
}

/** Acts of the same key are on the same thing: the last that is not undone holds. */
function keyOf(act: ActEvent): string {
  if (act.kind === 'judgement') return `j ${act.classId} ${act.annotator}`;
  if (act.kind === 'adjudication') return `a ${act.classId}`;
  if (act.kind === 'shape') return `s ${act.classId} ${act.runId}`;
  return `f ${act.classId} ${act.pairRowId} ${act.runId}`;
}

/** Appends what an annotator did, now or (where it comes from elsewhere) at another time. */
export function appendAct(db: Db, annotator: string, act: Act, atMs = Date.now()): void {
  const { kind, classId, ...value } = act;
  run(
    db,
    'INSERT INTO annotation_events (at_ms, annotator, kind, class_id, pair_id, run_id, value_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
    atMs,
    annotator,
    kind,
    classId,
    act.kind === 'flag' ? act.pairRowId : null,
    act.kind === 'flag' || act.kind === 'shape' ? act.runId : null,
    JSON.stringify(value),
  );
}

/** What undo and redo would do now, in words; null: nothing. */
export function undoState(db: Db): { canUndo: string | null; canRedo: string | null } {
  const { done, undone } = fold(db);
  return { canUndo: done.at(-1)?.text ?? null, canRedo: undone.at(-1)?.text ?? null };
}

/** Undoes the last act that holds; returns it in words, or null where there is none. */
export const undo = (db: Db): string | null => turn(db, 'undo', fold(db).done.at(-1));
/** Does the last undone act again; returns it in words, or null where there is none. */
export const redo = (db: Db): string | null => turn(db, 'redo', fold(db).undone.at(-1));

function turn(db: Db, kind: 'undo' | 'redo', act: ActEvent | undefined): string | null {
  if (!act) return null;
  run(
    db,
    'INSERT INTO annotation_events (at_ms, annotator, kind, class_id, target_id) VALUES (?, ?, ?, ?, ?)',
    Date.now(),
    act.annotator,
    kind,
    act.classId,
    act.id,
  );
  return act.text;
}

/** What holds of a class's judging. */
export interface Judging {
  /** The latest vote of any annotator. */
  judgement: Judgement | null;
  /** Each annotator's latest, by annotator. */
  votes: Judgement[];
  adjudicated: Judgement | null;
}

/** By class; classes that nobody judged are left out. */
export function judgings(db: Db): Map<number, Judging> {
  const found = new Map<number, Judging & { latestId: number }>();
  for (const acts of fold(db).live.values()) {
    const act = acts.at(-1);
    if (!act || act.kind === 'flag' || act.kind === 'shape' || act.verdict === null) continue;
    const judging = found.get(act.classId) ?? { judgement: null, votes: [], adjudicated: null, latestId: 0 }; // prettier-ignore
    found.set(act.classId, judging);
    const { id, verdict, reason, annotator, atMs } = act;
    if (act.kind === 'adjudication') {
      judging.adjudicated = { verdict, reason, tags: [], annotator, atMs };
      continue;
    }
    const vote = { verdict, reason, tags: act.tags, annotator, atMs };
    judging.votes.push(vote);
    if (id < judging.latestId) continue;
    judging.latestId = id;
    judging.judgement = vote;
  }
  return new Map([...found].map(([classId, { judgement, votes, adjudicated }]) => [classId, { judgement, votes: votes.sort(byAnnotator), adjudicated }])); // prettier-ignore
}

/** As judged: the adjudicated verdict, else the latest; null: not judged, or unsure. */
export function meaningfulOf(judging: Judging | undefined): boolean | null {
  const verdict = (judging?.adjudicated ?? judging?.judgement)?.verdict;
  return verdict === 'meaningful' ? true : verdict === 'not-meaningful' ? false : null;
}

const byAnnotator = (a: Judgement, b: Judgement): number => a.annotator.localeCompare(b.annotator);

/** The judgement of each class that holds: the latest of any annotator. */
export const judgements = (db: Db): Map<number, Judgement> =>
  new Map([...judgings(db)].flatMap(([classId, { judgement }]) => (judgement ? [[classId, judgement]] : []))); // prettier-ignore

/** Everyone who ever did anything, by name. */
export function annotators(db: Db): Annotator[] {
  const votes = [...judgings(db).values()].flatMap((judging) => judging.votes);
  const names = new Set([...fold(db).acts.values()].map((act) => act.annotator));
  return [...names].sort().map((name) => ({
    name,
    judgements: votes.filter((vote) => vote.annotator === name).length,
  }));
}

/** Classes flagged as a whole, or for this run. */
export const flaggedClasses = (db: Db, runId: number | null): Set<number> =>
  new Set(
    flags(db)
      .filter((flag) => flag.pairRowId === null && (flag.runId === null || flag.runId === runId))
      .map((flag) => flag.classId),
  );

/** Flags that hold, of classes and of pairs, for every run (null) or for one. */
export const flags = (db: Db): (Act & { kind: 'flag'; annotator: string; atMs: number })[] =>
  [...fold(db).live.values()].flatMap((acts) => {
    const act = acts.at(-1);
    return act?.kind === 'flag' && act.flagged ? [act] : [];
  });

/** Shapes that users gave classes of a run against the rules, by class. */
export const shapeOverrides = (db: Db, runId: number): Map<number, ShapeOverride> =>
  new Map(
    [...fold(db).live.values()].flatMap((acts): [number, ShapeOverride][] => {
      const act = acts.at(-1);
      if (act?.kind !== 'shape' || act.runId !== runId || act.shape === null) return [];
      const { classId, shape, annotator, atMs } = act;
      return [[classId, { shape, annotator, atMs }]];
    }),
  );

/** Acts of annotators, newest first, with those undone marked. */
export function history(
  db: Db,
  args: { classId?: number | undefined; limit: number },
): AnnotationEvent[] {
  const { acts, done } = fold(db);
  const held = new Set(done);
  return [...acts.values()]
    .filter((act) => args.classId === undefined || act.classId === args.classId)
    .reverse()
    .slice(0, args.limit)
    .map((act) => ({
      id: act.id,
      atMs: act.atMs,
      annotator: act.annotator,
      text: act.text,
      undone: !held.has(act),
    }));
}
