// Questions to the model of a checkpoint: what else could stand here, and how likely is this?
import type { Handlers, labApi } from '../../../../shared/api.ts';
import { profiles, type Profile } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { RankedToken } from '../../jobs/trainer/messages.ts';
import { aggregate, encodeSentence } from '../../scoring/index.ts';
import { getCheckpoint, listCheckpoints } from '../../store/checkpoints.ts';
import { findProfile } from '../../store/library.ts';
import { getPair } from '../../store/pairs.ts';
import { checkpointFolder } from '../../store/project.ts';
import { getRun, runTokenizerId } from '../../store/runs.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';
import type { Tokenizer } from '../../tokenizer/index.ts';
import { opened, type Lab } from '../lab.ts';

type ModelMethod = 'model.alternatives' | 'model.scratch';

export const modelHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, ModelMethod> => ({
  'model.alternatives': async ({ pairRowId, sentence, position, count, ...which }) => {
    const { tokenizer, profile, folder } = askedModel(lab, which);
    const { ids } = encodeSentence(tokenizer, profile, getPair(opened(lab).project.db, pairRowId)[sentence]); // prettier-ignore
    const actual = ids[position];
    if (actual === undefined)
      throw new AppError('bad-params', `This sentence has ${ids.length} tokens, so there is none at ${position}.`); // prettier-ignore
    const answer = await lab.asker.ask('alternatives', { folder, ids: ids.slice(0, position), actual, count }); // prettier-ignore
    const shown = ({ id, ...chance }: RankedToken) => ({
      token: tokenizer.tokenText(id),
      ...chance,
    });
    return { alternatives: answer.likeliest.map(shown), actual: shown(answer.actual) };
  },

  'model.scratch': async ({ good, bad, ...which }) => {
    const { tokenizer, profile, folder } = askedModel(lab, which);
    const encoded = { good: encodeSentence(tokenizer, profile, good), bad: encodeSentence(tokenizer, profile, bad) }; // prettier-ignore
    const { logProbsNats } = await lab.asker.ask('scoreSentences', { folder, sentences: [encoded.good, encoded.bad] }); // prettier-ignore
    const [goodNats, badNats] = logProbsNats.map((nats) => Array.from(nats)) as [
      number[],
      number[],
    ];
    const goodLogProbNats = aggregate(profile, goodNats);
    const badLogProbNats = aggregate(profile, badNats);
    return {
      good,
      bad,
      goodTokens: encoded.good.ids.map((id) => tokenizer.tokenText(id)),
      badTokens: encoded.bad.ids.map((id) => tokenizer.tokenText(id)),
      unscoredTokens: encoded.good.scoredFrom,
      step: which.step,
      goodLogProbNats,
      badLogProbNats,
      delta: goodLogProbNats - badLogProbNats,
      goodTokenLogProbsNats: goodNats,
      badTokenLogProbsNats: badNats,
    };
  },
});

/** @throws AppError 'not-found' where there is no such profile, or no weights at that step */
function askedModel(
  lab: Lab,
  { runId, step, profile: name }: { runId: number; step: number; profile: string },
): { tokenizer: Tokenizer; profile: Profile; folder: string } {
  const { project } = opened(lab);
  const { db } = project;
  const run = getRun(db, runId);
  const profile = findProfile(db, name) ?? (Object.hasOwn(profiles, name) ? profiles[name] : undefined); // prettier-ignore
  if (!profile) throw new AppError('not-found', `There is no scoring profile “${name}”.`);
  const tokenizerId = runTokenizerId(db, runId);
  if (tokenizerId === null || !getCheckpoint(db, runId, step)?.hasWeights) {
    const steps = listCheckpoints(db, runId).filter((c) => c.hasWeights).map((c) => c.step); // prettier-ignore
    throw new AppError('not-found', `The weights of run ${runId} (${run.name}) at step ${step} are not kept. ${steps.length > 0 ? `They are at steps ${steps.join(', ')}: go there with [ and ].` : 'Train it again to ask its model.'}`); // prettier-ignore
  }
  return {
    tokenizer: tokenizerOf(db, tokenizerId),
    profile,
    folder: checkpointFolder(project, runId, step),
  };
}
