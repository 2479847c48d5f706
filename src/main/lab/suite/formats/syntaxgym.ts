// SyntaxGym: items in several conditions, cut into regions, and predictions that compare regions' surprisals.
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import type { PairParts, Part } from '../../../../shared/scoring-method.ts';
import { parseJson, stemOf } from '../rows.ts';
import type { Format } from './format.ts';
import { comparisonsOf, type Side } from './syntaxgym-formula.ts';

const Suite = z.object({
  meta: z.object({ name: z.string().optional() }).optional(),
  predictions: z.array(z.object({ formula: z.string().max(10_000) })),
  items: z.array(
    z.object({
      item_number: z.union([z.int(), z.string()]),
      conditions: z.array(
        z.object({
          condition_name: z.string(),
          regions: z.array(z.object({ region_number: z.union([z.int(), z.string()]).optional(), content: z.string() })), // prettier-ignore
        }),
      ),
    }),
  ),
});

type Region = z.infer<typeof Suite>['items'][number]['conditions'][number]['regions'][number];

const numberOf = ({ region_number }: Region, place: number): string => String(region_number ?? place + 1); // prettier-ignore

/** A condition's sentence, and where in it the regions of a side are; null: they are empty. */
function sentenceOf(
  all: readonly Region[],
  { regions }: Side,
): { text: string; parts: Part[] | null } {
  let text = '';
  const parts: Part[] = [];
  for (const [i, region] of all.entries()) {
    const words = region.content.trim();
    if (words === '') continue;
    if (text !== '') text += ' ';
    if (regions.includes('*') || regions.includes(numberOf(region, i)))
      parts.push([text.length, text.length + words.length]);
    text += words;
  }
  return { text, parts: parts.length > 0 ? parts : null };
}

export const syntaxGym: Format = {
  name: 'SyntaxGym',
  source: 'syntaxgym.org',
  licence: 'not stated',
  method: 'region',
  recognises: ({ name, text }) =>
    /\.json$/i.test(name) && /^\s*\{/.test(text) && text.includes('"region_meta"'),
  *pairs(file, notes) {
    const parsed = Suite.safeParse(parseJson(file.text, file.name));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError('bad-file', `${file.name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. A SyntaxGym suite has predictions and items with conditions and regions.`); // prettier-ignore
    }
    const { meta, predictions, items } = parsed.data;
    const name = meta?.name ?? stemOf(file);
    const comparisons = predictions.flatMap(({ formula }, i) => comparisonsOf(formula, `${file.name}, prediction ${i + 1}`)); // prettier-ignore
    const leftOut = comparisons.flatMap((one, i) => ('leftOut' in one ? [`comparison ${i + 1}, “${one.text}”: ${one.leftOut}`] : [])); // prettier-ignore
    if (leftOut.length === comparisons.length)
      throw new AppError('bad-file', `${file.name}: no prediction compares the sums of two conditions’ regions, so that there is no minimal pair in it (${leftOut.join('; ') || 'it has no predictions'}).`); // prettier-ignore
    notes.add('predictions are of regions');
    if (leftOut.length > 0) notes.add(`${leftOut.length} of ${comparisons.length} comparisons in ${file.name} left out (${leftOut.join('; ')})`); // prettier-ignore
    for (const [i, one] of comparisons.entries()) {
      if ('leftOut' in one) continue;
      const uid = comparisons.length > 1 ? `${name} ${i + 1}` : name;
      for (const { item_number, conditions } of items) {
        const where = `${file.name}, item ${item_number}`;
        const sentence = (of: Side) => {
          const found = conditions.find(({ condition_name }) => condition_name === of.condition);
          if (!found) throw new AppError('bad-file', `${where} has no condition “${of.condition}”, which a prediction names.`); // prettier-ignore
          const missing = of.regions.find((region) => region !== '*' && !found.regions.some((one, i) => numberOf(one, i) === region)); // prettier-ignore
          if (missing !== undefined) throw new AppError('bad-file', `${where} has no region ${missing} in condition “${of.condition}”, which a prediction names.`); // prettier-ignore
          return sentenceOf(found.regions, of);
        };
        const [good, bad] = [sentence(one.good), sentence(one.bad)];
        const parts: PairParts[] = good.parts && bad.parts ? [{ method: 'region', good: good.parts, bad: bad.parts }] : []; // prettier-ignore
        yield { where, uid, phenomenon: name, pairId: String(item_number), good: good.text, bad: bad.text, parts }; // prettier-ignore
      }
    }
  },
};
