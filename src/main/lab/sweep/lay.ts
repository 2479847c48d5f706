// Run folders made: what each run is to do, and beside them what they share.
import fs from 'node:fs';
import path from 'node:path';
import { trainingOf } from '../../../shared/domain.ts';
import type { SweepPlan } from '../../../shared/sweeps.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { getCorpusSummary } from '../store/library.ts';
import type { Db } from '../store/sql.ts';
import { targetKey } from './artefacts.ts';
import { shareSuite, shareTokenizer } from './library.ts';
import type { PlannedRun } from './plan.ts';
import { readJson, runFolderOf, RunSpec, writeJson } from './run-folder.ts';

/** What a run is told by: its values on the axes. */
export const nameOf = (plan: SweepPlan, { values }: Pick<PlannedRun, 'values'>): string =>
  `${plan.name}: ${Object.entries(values).map(([axis, value]) => `${axis} ${value}`).join(', ')}`.slice(0, 200); // prettier-ignore

interface Laid {
  runs: string;
  plan: SweepPlan;
  planned: readonly PlannedRun[];
  /** A corpus as those see it who will train on it. */
  corpusAt: (corpus: CorpusSummary) => CorpusSummary;
}

/** Makes the folders of planned runs; one that is there learns of suites to be scored besides. */
export function layRuns(db: Db, { runs, plan, planned, corpusAt }: Laid): void {
  const suites = new Map<number, string>();
  const corpora = new Map<number, CorpusSummary>();
  const tokenizers = new Map<number, string>();
  for (const run of planned) {
    const { config, key } = run;
    const { corpusId, tokenizerId, scoring } = config;
    for (const id of scoring.suiteIds)
      if (!suites.has(id)) suites.set(id, shareSuite(db, runs, id));
    if (!corpora.has(corpusId)) corpora.set(corpusId, getCorpusSummary<CorpusSummary>(db, corpusId)); // prettier-ignore
    if (tokenizerId !== null && !tokenizers.has(tokenizerId)) tokenizers.set(tokenizerId, shareTokenizer(db, runs, tokenizerId)); // prettier-ignore
    const { profile, pairsPerClass } = scoring;
    const asked = scoring.suiteIds.map((id) => ({ suite: suites.get(id) ?? '', profile, pairsPerClass })); // prettier-ignore
    const file = path.join(runFolderOf(runs, key), 'run.json');
    const before = readJson(file, RunSpec);
    const targets = [...new Map([...(before?.targets ?? []), ...asked].map((one) => [targetKey(one), one])).values()]; // prettier-ignore
    const spec = RunSpec.parse({
      format: 1,
      key,
      name: before?.name ?? nameOf(plan, run),
      preset: config.preset,
      model: config.model,
      training: trainingOf(config),
      corpus: corpusAt(corpora.get(corpusId) as CorpusSummary),
      tokenizer: tokenizerId === null ? null : tokenizers.get(tokenizerId),
      targets,
      keepWeights: plan.keepWeights,
    } satisfies Record<keyof RunSpec, unknown>);
    if (JSON.stringify(spec) === JSON.stringify(before)) continue;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    writeJson(file, spec);
  }
}
