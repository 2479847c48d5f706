// A run's scores as lm-evaluation-harness logs samples: a file a class, a line a pair.
import fs from 'node:fs';
import path from 'node:path';
import type { Profile } from '../../../shared/domain.ts';
import type { ExportReport } from '../../../shared/workbench.ts';
import { listClasses, type StoredClass } from '../store/classes.ts';
import { classNats } from '../store/nats.ts';
import { listPairs } from '../store/pairs.ts';
import type { Db } from '../store/sql.ts';
import type { Writing } from './writing.ts';

/**
 * Writes `samples_<class>.jsonl` for each class that has scores into a folder, which is made.
 * Whether a sentence was the likeliest at every step (`is_greedy`) is not known here and null.
 */
export async function writeSamples(
  db: Db,
  args: { suiteId: number; scoringId: number; profile: Profile; folder: string },
  writing: Writing,
): Promise<ExportReport> {
  fs.mkdirSync(args.folder, { recursive: true });
  const report = { files: 0, bytes: 0 };
  const classes = listClasses(db, args.suiteId);
  writing.expect(classes.length);
  for (const one of classes) {
    writing.did(1);
    await writing.rest();
    const lines = [...samplesOf(db, one, args.scoringId, args.profile)];
    if (lines.length === 0) continue;
    const text = lines.join('');
    fs.writeFileSync(path.join(args.folder, `samples_${one.uid.replace(/[^\p{L}\p{N}_-]+/gu, '-')}.jsonl`), text); // prettier-ignore
    report.files++;
    report.bytes += Buffer.byteLength(text);
  }
  return report;
}

function* samplesOf(
  db: Db,
  one: StoredClass,
  scoringId: number,
  profile: Profile,
): Generator<string> {
  // prettier-ignore
  const nats = classNats(db, one.classId, [scoringId]).get(scoringId);
  if (!nats) return;
  const space = profile.leadingSpace ? ' ' : '';
  for (const [i, pair] of listPairs(db, one.classId).entries()) {
    const scores = [nats.good[i] ?? NaN, nats.bad[i] ?? NaN] as const;
    if (Number.isNaN(scores[0])) continue;
    const responses = scores.map((score) => [String(score), null]);
    const isRight = scores[0] > scores[1] || (profile.ties === 'good' && scores[0] === scores[1]);
    yield `${JSON.stringify({
      doc_id: i,
      doc: { sentence_good: pair.good, sentence_bad: pair.bad, field: one.field, linguistics_term: one.phenomenon, UID: one.uid, pairID: pair.pairId },
      target: '0',
      arguments: {
        gen_args_0: { arg_0: '', arg_1: `${space}${pair.good}` },
        gen_args_1: { arg_0: '', arg_1: `${space}${pair.bad}` },
      },
      resps: responses.map((response) => [response]),
      filtered_resps: responses,
      filter: 'none',
      metrics: ['acc'],
      acc: Number(isRight),
    })}\n`; // prettier-ignore
  }
}
