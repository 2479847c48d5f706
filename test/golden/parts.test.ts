// Scores of parts of sentences against transformers in float64, whose tokenizer says where each token lies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Part, PartMethod } from '../../src/shared/scoring-method.ts';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import { OptModel } from '../../src/main/lab/model/index.ts';
import { encodeSentence, planScoring, scoreOfTokens, scorePlan, tokensInParts } from '../../src/main/lab/scoring/index.ts'; // prettier-ignore
import { openTokenizer } from '../../src/main/lab/tokenizer/index.ts';

interface Side {
  sentence: string;
  parts: Part[];
  tokens: number[];
  log_prob: number;
}
interface Case {
  method: PartMethod;
  good: Side;
  bad: Side;
}

describe.each(['bos', 'plain'])('model and tokenizer %s', (name) => {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'scoring', name);
  const golden = JSON.parse(readFileSync(join(folder, 'parts.json'), 'utf8')) as Case[];
  const sides = golden.flatMap(({ good, bad }) => [good, bad]);
  const tokenizer = openTokenizer(folder);
  const model = OptModel.load(folder);
  afterAll(() => model.dispose());
  const profile = profiles['gardenpath'] as Profile;
  const encoded = sides.map(({ sentence }) => encodeSentence(tokenizer, profile, sentence));
  const tokens = sides.map(({ sentence, parts }, i) => tokensInParts(tokenizer, profile.text, sentence, encoded[i]!, parts)); // prettier-ignore

  test('the tokens of each part', () => {
    expect(tokens).toEqual(sides.map((side) => side.tokens));
  });

  test.each(['one-prefix', 'two-prefix', 'region', 'conditional'] as const)('%s, to 1e-3 nats', (method) => {
    const nats = scorePlan(model, planScoring(encoded, { maxPositions: model.config.maxPositions, rowTokens: 64 })); // prettier-ignore
    const made = sides.map((_, i) => scoreOfTokens(profile, nats[i]!, tokens[i]!, encoded[i]!.scoredFrom)); // prettier-ignore
    let compared = 0;
    golden.forEach((one, i) => {
      if (one.method !== method) return;
      compared++;
      expect(Math.abs(made[2 * i]! - one.good.log_prob)).toBeLessThan(1e-3);
      expect(Math.abs(made[2 * i + 1]! - one.bad.log_prob)).toBeLessThan(1e-3);
    });
    expect(compared).toBeGreaterThan(1);
  }); // prettier-ignore
});
