// A sentence as the token ids that a profile scores, as the tools that profiles are named after have it.
import type { Profile } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { likeCorpus } from '../suite/index.ts';
import type { Tokenizer } from '../tokenizer/index.ts';

export interface EncodedSentence {
  /** The sentence as the suite has it, for messages. */
  text: string;
  /** What the model reads, prefix included. */
  ids: number[];
  /** Index of the first token that is scored; those before it are context only. At least 1. */
  scoredFrom: number;
}

/**
 * The ids of a sentence under a profile. Every token is scored but the prefix; where there is none, all but the
 * first, which has nothing to be predicted from.
 *
 * - `lm-eval` 0.4.13: its prefix token, then " " + sentence (`target_delimiter`) without special tokens.
 * - `minicons` 0.3.39 and the BabyLM pipeline of 2025: what the tokenizer puts in front by itself; the first token
 *   of all is never scored. What it puts at the end (neither OPT's nor GPT-2's puts anything) is left out, as BabyLM
 *   does.
 *
 * @throws AppError bad-config: nothing is left to score
 */
export function encodeSentence(
  tokenizer: Tokenizer,
  profile: Profile,
  sentence: string,
): EncodedSentence {
  const text = profile.text === 'like-corpus' ? likeCorpus(sentence) : sentence;
  const own = tokenizer.encode(profile.leadingSpace ? ` ${text}` : text);
  const prefix = prefixIds(tokenizer, profile);
  const scoredFrom = Math.max(prefix.length, 1);
  const ids = [...prefix, ...own];
  if (ids.length <= scoredFrom)
    throw new AppError(
      'bad-config',
      own.length === 0
        ? 'A sentence is empty, so that it has no score. Remove its pair from the suite.'
        : `“${sentence}” is a single token, which has no score without a prefix. Use a profile with one (gardenpath).`,
    );
  return { text: sentence, ids, scoredFrom };
}

function prefixIds(tokenizer: Tokenizer, { prefix }: Profile): number[] {
  if (prefix === 'none') return [];
  if (prefix === 'eos') return [tokenizer.eosId];
  const [probe] = tokenizer.encode('a');
  const whole = tokenizer.encode('a', { addSpecial: true });
  return whole.slice(
    0,
    whole.findIndex((id) => id === probe),
  );
}

/**
 * A sentence's score from its tokens' log-probabilities.
 * @returns nats: their sum, or their mean
 */
export function aggregate(profile: Profile, logProbsNats: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < logProbsNats.length; t++) sum += logProbsNats[t] ?? 0;
  return profile.aggregation === 'mean' ? sum / logProbsNats.length : sum;
}
