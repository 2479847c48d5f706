// Models trained elsewhere, as the checkpoints of a run. Their folders stay where they are: the project links to
// them and keeps the hash of their weights.
import fs from 'node:fs';
import path from 'node:path';
import type { Handlers, labServes } from '../../../../shared/api.ts';
import type { ModelConfig } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import { hashWeights, parameterCount, readConfig } from '../../model/index.ts';
import { listSeries, type ImportedCheckpoint } from '../../scoring/index.ts';
import { putCheckpoint } from '../../store/checkpoints.ts';
import {
  addCorpus,
  addTokenizer,
  getSuite,
  profileId,
  unknownCorpus,
} from '../../store/library.ts';
import { checkpointFolder, runFolder } from '../../store/project.ts';
import { addRun, setProgress } from '../../store/runs.ts';
import { addTarget } from '../../store/scores.ts';
import { transaction } from '../../store/sql.ts';
import { openTokenizer, type Tokenizer } from '../../tokenizer/index.ts';
import { opened, writable, type Lab } from '../lab.ts';

type ImportMethod = 'runs.import' | 'models.preview';

export const importHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, ImportMethod> => ({
  'models.preview': ({ paths }) => {
    try {
      const series = listSeries(paths);
      const { model, tokenizer } = agreed(series);
      const checkpoints = series.map(({ name, step, wordsSeen }) => ({ name, step, wordsSeen }));
      return { checkpoints, parameters: parameterCount(model), vocabSize: tokenizer.vocabSize, problem: null }; // prettier-ignore
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { checkpoints: [], parameters: 0, vocabSize: 0, problem: error.message };
    }
  },

  'runs.import': async ({ paths, name, suiteId, profile, pairsPerClass }) => {
    const { project, queue } = opened(lab);
    const db = writable(lab);
    getSuite(db, suiteId);
    const series = listSeries(paths);
    const { model, tokenizer } = agreed(series);
    const imported: { name: string; step: number; weightsSha256: string }[] = [];
    for (const { folder, name: checkpoint, step } of series)
      imported.push({ name: checkpoint, step, weightsSha256: await hashWeights(folder) });
    const engine = await lab.engine();
    const parameters = parameterCount(model);
    const run = transaction(db, () => {
      const corpus = addCorpus(db, unknownCorpus);
      const { id: tokenizerId } = addTokenizer(db, { ...tokenizer, name: path.basename(path.resolve(paths[0] ?? '')) }); // prettier-ignore
      const config = { preset: 'imported', corpusId: corpus.id, tokenizerId, model, training: null, imported, scoring: { suiteIds: [suiteId], profile, pairsPerClass } }; // prettier-ignore
      const added = addRun(db, { name, config, engine, parameters });
      fs.mkdirSync(runFolder(project, added.id), { recursive: true });
      for (const { folder, step, wordsSeen } of series) {
        fs.symlinkSync(folder, checkpointFolder(project, added.id, step), 'junction');
        putCheckpoint(db, added.id, { step, tokensSeen: 0, wordsSeen: wordsSeen ?? 0, heldOutNatsPerToken: null, hasWeights: true, hasOptimizer: false, savedAtMs: Date.now() }); // prettier-ignore
      }
      const last = series.at(-1);
      setProgress(db, added.id, { step: last?.step ?? 0, wordsSeen: last?.wordsSeen ?? 0 });
      addTarget(db, added.id, { suiteId, profileId: profileId(db, profile), pairsPerClass, steps: null }); // prettier-ignore
      return added;
    });
    lab.emit('library.changed', {});
    return queue.enqueue(run.id, 'scores');
  },
});

/**
 * The shape and the tokenizer that all models of a series have.
 * @throws AppError bad-file: they differ, or the tokenizer has more tokens than the model
 */
function agreed(series: readonly ImportedCheckpoint[]): {
  model: ModelConfig;
  tokenizer: Tokenizer;
} {
  const [first, ...rest] = series.map(({ folder }) => ({ folder, model: readConfig(folder), tokenizer: openTokenizer(folder) })); // prettier-ignore
  if (!first) throw new AppError('bad-file', 'There is no model in these folders.');
  const { model, tokenizer } = first;
  for (const other of rest) {
    // Dropout is at rest when sentences are scored.
    const unlike = (Object.keys(model) as (keyof ModelConfig)[]).find((key) => key !== 'dropout' && other.model[key] !== model[key]); // prettier-ignore
    if (unlike)
      throw new AppError('bad-file', `${other.folder} is not of one series with ${first.folder}: their ${unlike} are ${String(other.model[unlike])} and ${String(model[unlike])}. Score them as runs of their own.`); // prettier-ignore
    if (other.tokenizer.hash !== tokenizer.hash)
      throw new AppError('bad-file', `${other.folder} has another tokenizer than ${first.folder}. Score them as runs of their own.`); // prettier-ignore
  }
  if (tokenizer.vocabSize > model.vocabSize)
    throw new AppError('bad-file', `${first.folder}: the tokenizer has ${tokenizer.vocabSize} tokens, the model only ${model.vocabSize}.`); // prettier-ignore
  return { model, tokenizer };
}
