// Tokens joined to words: stretches between white space, whose surprisal is the sum of their tokens'.
import { bits } from '../../format.ts';

/** A bar of a sentence: a token or a word. */
export interface Unit {
  text: string;
  /** Its first token's place among the sentence's tokens. */
  position: number;
  /** Natural log; null for context, which has no score. */
  logProbNats: number | null;
}

/** Each token by itself; `nats` begins at the first scored token. */
export const tokenUnits = (tokens: string[], nats: number[], unscored: number): Unit[] =>
  tokens.map((text, position) => ({ text, position, logProbNats: nats[position - unscored] ?? null })); // prettier-ignore

/** Tokens joined where no space lies between; context stays apart. */
export function wordUnits(tokens: string[], nats: number[], unscored: number): Unit[] {
  const words: Unit[] = [];
  for (const unit of tokenUnits(tokens, nats, unscored)) {
    const last = words.at(-1);
    const goesOn = !unit.text.startsWith('␣') && unit.position > unscored;
    if (last && goesOn)
      words[words.length - 1] = {
        ...last,
        text: last.text + unit.text,
        logProbNats: (last.logProbNats ?? 0) + (unit.logProbNats ?? 0),
      };
    else words.push(unit);
  }
  return words;
}

/** −log2 P; null for context. */
export const surprisalBits = ({ logProbNats }: Unit): number | null =>
  logProbNats === null ? null : bits(-logProbNats);
