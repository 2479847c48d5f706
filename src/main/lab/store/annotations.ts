// Judgements and flags as an append-only list of events. What holds now is what the events amount
// to; undoing and redoing are events too, so both survive a restart and nothing is ever lost.
import type { AnnotationEvent, Judgement, Verdict } from '../../../shared/domain.ts';
import { all, run, type Db } from './sql.ts';

export type Act =
  | { kind: 'judgement'; classId: number; verdict: Verdict | null; reason: string }
  | { kind: 'flag'; classId: number; pairRowId: number | null; runId: number | null; flagged: boolean }; // prettier-ignore

interface EventSql {
  id: number;
  atMs: number;
  annotator: string;
  kind: 'judgement' | 'flag' | 'undo' | 'redo';
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
  /** By class, pair, run and annotator: the acts on it that are not undone, the one that holds last. */
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
    const { verdict, reason } = value as { verdict: Verdict | null; reason: string };
    const words = verdict === null ? `cleared the judgement of ${uid}` : `judged ${uid} ${verdict.replace('-', ' ')}`; // prettier-ignore
    const text = verdict !== null && reason ? `${words}: ${reason}` : words;
    return { ...common, kind: 'judgement', classId, verdict, reason, text };
  }
  const { flagged } = value as { flagged: boolean };
  const { pairRowId, runId } = event;
  const what = (pairRowId === null ? uid : `pair ${event.pairId} of ${uid}`) + (runId === null ? '' : ` in run ${runId}`); // prettier-ignore
  const text = flagged ? `flagged ${what} as an entrenched early error` : `removed the flag of ${what}`; // prettier-ignore
  return { ...common, kind: 'flag', classId, pairRowId, runId, flagged, text };
}

const keyOf = (act: ActEvent): string =>
  act.kind === 'judgement'
    ? judgementKey(act.classId, act.annotator)
    : flagKey(act.classId, act.pairRowId, act.runId);
const judgementKey = (classId: number, annotator: string): string => `j ${classId} ${annotator}`;
const flagKey = (classId: number, pairRowId: number | null, runId: number | null): string =>
  `f ${classId} ${pairRowId} ${runId}`;

/** Appends what an annotator did. */
export function appendAct(db: Db, annotator: string, act: Act): void {
  const value =
    act.kind === 'judgement'
      ? { verdict: act.verdict, reason: act.reason }
      : { flagged: act.flagged };
  run(
    db,
    'INSERT INTO annotation_events (at_ms, annotator, kind, class_id, pair_id, run_id, value_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
    Date.now(),
    annotator,
    act.kind,
    act.classId,
    act.kind === 'flag' ? act.pairRowId : null,
    act.kind === 'flag' ? act.runId : null,
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

/** The judgement of each class that holds: the latest of any annotator. */
export function judgements(db: Db): Map<number, Judgement> {
  const latest = new Map<number, Judgement & { id: number }>();
  for (const acts of fold(db).live.values()) {
    const act = acts.at(-1);
    if (act?.kind !== 'judgement' || act.verdict === null) continue;
    if ((latest.get(act.classId)?.id ?? 0) > act.id) continue;
    const { id, verdict, reason, annotator, atMs } = act;
    latest.set(act.classId, { id, verdict, reason, annotator, atMs });
  }
  return new Map([...latest].map(([classId, { verdict, reason, annotator, atMs }]) => [classId, { verdict, reason, annotator, atMs }])); // prettier-ignore
}

/** Classes flagged as a whole, or for this run. */
export function flaggedClasses(db: Db, runId: number | null): Set<number> {
  const flagged = new Set<number>();
  for (const acts of fold(db).live.values()) {
    const act = acts.at(-1);
    if (act?.kind !== 'flag' || !act.flagged || act.pairRowId !== null) continue;
    if (act.runId === null || act.runId === runId) flagged.add(act.classId);
  }
  return flagged;
}

/** Acts of annotators, newest first, with those undone marked. */
export function history(
  db: Db,
  args: { classId?: number | undefined; limit: number },
): AnnotationEvent[] {
  // prettier-ignore
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
