// A run handed over to other trainers.
import path from 'node:path';
import type { Handlers, labServes } from '../../../../shared/api.ts';
import { trainingOf } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { CorpusSummary } from '../../corpus/index.ts';
import { writeHandover } from '../../export/index.ts';
import { hasWeights } from '../../model/index.ts';
import { getCorpusSummary } from '../../store/library.ts';
import { checkpointFolder } from '../../store/project.ts';
import { getRun, getRunConfig, runTokenizerId } from '../../store/runs.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';
import { encodeCorpus } from '../../tokenizer/index.ts';
import { opened, readable, type Lab } from '../lab.ts';

export const handoverHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, 'handover.write'> => ({
  'handover.write': async ({ runId, path: folder }) => {
    const db = readable(lab);
    const { project, cacheDir } = opened(lab);
    const { id, name } = getRun(db, runId);
    const config = getRunConfig(db, runId);
    if (!config.training) throw new AppError('bad-config', `Run ${id} was trained elsewhere; only a run of Gardenpath’s own has a configuration to hand over.`); // prettier-ignore
    const tokenizerId = config.tokenizerId ?? runTokenizerId(db, runId);
    if (tokenizerId === null) throw new AppError('not-found', `Run ${id} has no tokenizer yet. Let it begin to train first; it may be cancelled after its first checkpoint.`); // prettier-ignore
    const tokenizer = tokenizerOf(db, tokenizerId);
    const training = trainingOf(config);
    const corpus = getCorpusSummary<CorpusSummary>(db, config.corpusId);
    const encoded = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: training.lineEnd });
    const first = checkpointFolder(project, runId, 0);
    return writeHandover(
      {
        run: { id, name, preset: config.preset },
        model: { ...config.model, vocabSize: tokenizer.vocabSize },
        training,
        corpus: { name: corpus.name, contentHash: corpus.contentHash },
        tokenizer,
        encoded,
        initial: hasWeights(first) ? first : null,
      },
      path.resolve(folder),
    );
  },
});
