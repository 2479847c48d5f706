// A configuration before it is run: what it names is there, and its settings agree.
import { trainingOf, type RunConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { getCorpus, getSuite, getTokenizer } from '../store/library.ts';
import type { Db } from '../store/sql.ts';

/**
 * The configuration that is run: what it names exists, its settings agree, and the model has a row
 * for each token of the tokenizer that it opens.
 * @throws AppError 'not-found' or 'bad-config'
 */
export function settled(db: Db, config: RunConfig): RunConfig {
  getCorpus(db, config.corpusId);
  config.scoring.suiteIds.forEach((id) => getSuite(db, id));
  const model =
    config.tokenizerId === null
      ? config.model
      : { ...config.model, vocabSize: getTokenizer(db, config.tokenizerId).vocabSize };
  const training = trainingOf(config);
  if (model.hiddenSize % model.heads)
    throw new AppError('bad-config', `Hidden size ${model.hiddenSize} is not a multiple of ${model.heads} heads.`); // prettier-ignore
  if (training.windowTokens > model.maxPositions)
    throw new AppError('bad-config', `Windows of ${training.windowTokens} tokens do not fit a model of ${model.maxPositions} positions.`); // prettier-ignore
  return { ...config, model };
}
