// Published results on BLiMP, class by class, from resources/published.json.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { resourcePath } from './resources.ts';

const share = z.number().min(0).max(1);
const Figures = z.object({
  uid: z.string(),
  ngram: share,
  lstm: share,
  transformerXl: share,
  gpt2: share,
  human: share,
  humanJudgements: z.int().positive(),
});
const Published = z.object({ source: z.string(), licence: z.string(), classes: z.array(Figures) });

/** Accuracy of a 5-gram model, an LSTM, Transformer-XL and GPT-2; human agreement and how many judgements it is of. */
export type PublishedFigures = z.infer<typeof Figures>;

let table: { source: string; byUid: Map<string, PublishedFigures> } | null = null;

function published(): NonNullable<typeof table> {
  if (!table) {
    const { source, classes } = Published.parse(JSON.parse(readFileSync(resourcePath('published.json'), 'utf8'))); // prettier-ignore
    table = { source, byUid: new Map(classes.map((one) => [one.uid.toLowerCase(), one])) };
  }
  return table;
}

/** Where the published figures come from, to be shown with them. */
export const publishedSource = (): string => published().source;

/** The figures of a BLiMP class, whatever its letters' case (BabyLM writes `principle_a_c_command`). */
export const publishedFigures = (uid: string): PublishedFigures | undefined =>
  published().byUid.get(uid.toLowerCase());

/** True for BLiMP and parts of it: all of the classes bear the names of BLiMP's. */
export const isBlimp = (classes: readonly { uid: string }[]): boolean =>
  classes.every(({ uid }) => publishedFigures(uid) !== undefined);
