// The tables of an export, line by line.
import { countSeen } from '../../../shared/count-seen.ts';
import type { CheckpointRow, MetricPoint, RunRow } from '../../../shared/domain.ts';
import { wilson } from '../analysis/intervals.ts';
import { flags, history, judgings } from '../store/annotations.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { listClasses, type StoredClass } from '../store/classes.ts';
import { listSuites } from '../store/library.ts';
import { classNats } from '../store/nats.ts';
import { listPairs } from '../store/pairs.ts';
import { listMetrics, listRuns } from '../store/runs.ts';
import { classSummaries, listScored, listScorings, type ClassSummary, type Scored, type Scoring } from '../store/scores.ts'; // prettier-ignore
import type { Db } from '../store/sql.ts';
import { csvLine, csvTable, type Cell } from '../../../shared/csv.ts';

const allClasses = (db: Db): StoredClass[] =>
  listSuites(db).flatMap(({ id }) => listClasses(db, id));
const isoTime = (ms: number): string => new Date(ms).toISOString();

export function checkpointsTable(db: Db): Iterable<string> {
  const rows = listRuns(db).flatMap((run) =>
    listCheckpoints(db, run.id).map((c) => ({ ...c, run })),
  );
  return csvTable<CheckpointRow & { run: RunRow }>(
    {
      run_id: ({ run }) => run.id,
      run: ({ run }) => run.name,
      step: (c) => c.step,
      tokens_seen: (c) => countSeen(c.tokensSeen, c.step),
      words_seen: (c) => countSeen(c.wordsSeen, c.step),
      held_out_nats_per_token: (c) => c.heldOutNatsPerToken,
      has_weights: (c) => c.hasWeights,
      saved_at: (c) => isoTime(c.savedAtMs),
    },
    rows,
  );
}

export function metricsTable(db: Db): Iterable<string> {
  function* rows(): Generator<MetricPoint & { runId: number }> {
    for (const { id: runId } of listRuns(db))
      for (const point of listMetrics(db, runId, Number.MAX_SAFE_INTEGER))
        yield { ...point, runId };
  }
  return csvTable<MetricPoint & { runId: number }>(
    {
      run_id: (m) => m.runId,
      step: (m) => m.step,
      tokens_seen: (m) => m.tokensSeen,
      words_seen: (m) => m.wordsSeen,
      loss_nats: (m) => m.lossNats,
      learning_rate: (m) => m.learningRate,
      gradient_norm: (m) => m.gradientNorm,
      tokens_per_second: (m) => m.tokensPerSecond,
      elapsed_ms: (m) => m.elapsedMs,
    },
    rows(),
  );
}

/** Cells under a header. */
function* linesOf(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield csvLine(columns);
  for (const cells of rows) yield csvLine(cells);
}

export const pairColumns = ['suite_id', 'suite', 'class_id', 'uid', 'field', 'phenomenon', 'pair_row_id', 'pair_id', 'good', 'bad', 'same_words']; // prettier-ignore
export const pairsTable = (db: Db): Iterable<string> => linesOf(pairColumns, pairCells(db));

export function* pairCells(db: Db): Generator<Cell[]> {
  for (const suite of listSuites(db))
    for (const one of listClasses(db, suite.id))
      for (const pair of listPairs(db, one.classId))
        yield [suite.id, suite.name, one.classId, one.uid, one.field, one.phenomenon, pair.pairRowId, pair.pairId, pair.good, pair.bad, pair.sameWords === 1]; // prettier-ignore
}

/** Finished scorings of every run, by suite and profile. */
export function scoredSets(db: Db): { run: RunRow; scored: Scored; scorings: Scoring[] }[] {
  return listRuns(db).flatMap((run) =>
    listScored(db, run.id).map((scored) => ({
      run,
      scored,
      scorings: listScorings(db, run.id, scored.suiteId, scored.profileId),
    })),
  );
}

/** Rows of scores that a class has in a set: one for each pair and checkpoint. */
export const scoreRowsOf = ({ pairs }: StoredClass, scorings: readonly Scoring[]): number =>
  pairs * scorings.length;

export function rowsOfScores(db: Db): number {
  return scoredSets(db).reduce((sum, { scored, scorings }) => sum + listClasses(db, scored.suiteId).reduce((rows, one) => rows + scoreRowsOf(one, scorings), 0), 0); // prettier-ignore
}

/** Of choices Δ is not known. */
const nats = ({ kept }: RunRow, s: ClassSummary): (number | null)[] =>
  kept === 'choices' ? [null, null, null, null] : [s.meanDelta, s.meanDeltaLow, s.meanDeltaHigh, s.sdDelta]; // prettier-ignore

export const classColumns = ['run_id', 'run', 'suite_id', 'suite', 'profile', 'step', 'tokens_seen', 'words_seen', 'class_id', 'uid', 'field', 'phenomenon', 'pairs', 'right', 'ties', 'accuracy', 'accuracy_low', 'accuracy_high', 'mean_delta', 'mean_delta_low', 'mean_delta_high', 'sd_delta', 'human']; // prettier-ignore
export const classesTable = (db: Db): Iterable<string> => linesOf(classColumns, classCells(db));

export function* classCells(db: Db): Generator<Cell[]> {
  const classes = new Map(allClasses(db).map((one) => [one.classId, one]));
  for (const { run, scored, scorings } of scoredSets(db))
    for (const { id, step, tokensSeen, wordsSeen } of scorings)
      for (const s of classSummaries(db, id)) {
        const one = classes.get(s.classId);
        const { low, high } = wilson(s.right, s.pairs);
        yield [run.id, run.name, scored.suiteId, scored.suiteName, scored.profile, step, countSeen(tokensSeen, step), countSeen(wordsSeen, step), s.classId, one?.uid, one?.field, one?.phenomenon, s.pairs, s.right, s.ties, s.right / s.pairs, low, high, ...nats(run, s), one?.human]; // prettier-ignore
      }
}

export const scoresHeader = (scorings: readonly Scoring[]): string =>
  csvLine(['class_id', 'uid', 'pair_row_id', 'pair_id', ...scorings.flatMap(({ step }) => [`good_${step}`, `bad_${step}`])]); // prettier-ignore

/** The pairs of a class that have a score at any of the checkpoints. */
export function* scoresOfClass(
  db: Db,
  one: StoredClass,
  scorings: readonly Scoring[],
): Generator<string> {
  const nats = classNats(db, one.classId, scorings.map((s) => s.id)); // prettier-ignore
  for (const [i, pair] of listPairs(db, one.classId).entries()) {
    const scores = scorings.flatMap(({ id }) => [nats.get(id)?.good[i], nats.get(id)?.bad[i]]);
    if (scores.every((score) => score === undefined || Number.isNaN(score))) continue;
    yield csvLine([one.classId, one.uid, pair.pairRowId, pair.pairId, ...scores]);
  }
}

export function* judgementsTable(db: Db): Generator<string> {
  const judged = judgings(db);
  const flagged = Map.groupBy(flags(db), (flag) => flag.classId);
  const suites = new Map(listSuites(db).map(({ id, name }) => [id, name]));
  const line = (one: StoredClass, kind: string, rest: Cell[]): string =>
    csvLine([suites.get(one.suiteId), one.classId, one.uid, kind, ...rest]);
  yield csvLine(['suite', 'class_id', 'uid', 'kind', 'annotator', 'at', 'verdict', 'tags', 'reason', 'pair_row_id', 'run_id']); // prettier-ignore
  for (const one of allClasses(db)) {
    const { votes = [], adjudicated = null } = judged.get(one.classId) ?? {};
    for (const v of votes) yield line(one, 'vote', [v.annotator, isoTime(v.atMs), v.verdict, v.tags.join('; '), v.reason, null, null]); // prettier-ignore
    if (adjudicated) yield line(one, 'adjudication', [adjudicated.annotator, isoTime(adjudicated.atMs), adjudicated.verdict, null, adjudicated.reason, null, null]); // prettier-ignore
    for (const f of flagged.get(one.classId) ?? []) yield line(one, 'flag', [f.annotator, isoTime(f.atMs), null, null, null, f.pairRowId, f.runId]); // prettier-ignore
  }
}

export const historyTable = (db: Db): Iterable<string> =>
  csvTable(
    {
      event_id: (e) => e.id,
      at: (e) => isoTime(e.atMs),
      annotator: (e) => e.annotator,
      what: (e) => e.text,
      undone: (e) => e.undone,
    },
    history(db, { limit: Number.MAX_SAFE_INTEGER }),
  );
