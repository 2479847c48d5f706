// SyntaxGym: items in several conditions, cut into regions, and predictions that compare regions' surprisals.
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { parseJson, stemOf } from '../rows.ts';
import type { Format } from './format.ts';

const Suite = z.object({
  meta: z.object({ name: z.string().optional() }).optional(),
  predictions: z.array(z.object({ formula: z.string() })),
  items: z.array(
    z.object({
      item_number: z.union([z.int(), z.string()]),
      conditions: z.array(
        z.object({
          condition_name: z.string(),
          regions: z.array(z.object({ content: z.string() })),
        }),
      ),
    }),
  ),
});

/** The conditions that a prediction says are less and more surprising; null: it compares more than two. */
function sidesOf(comparison: string): { good: string; bad: string } | null {
  const sides = comparison.split(/([<>])/);
  if (sides.length !== 3) return null;
  const [left, right] = [sides[0], sides[2]].map((side) => [
    ...new Set(Array.from((side ?? '').matchAll(/%([^%]+)%/g), ([, name]) => name ?? '')),
  ]);
  if (left?.length !== 1 || right?.length !== 1 || left[0] === right[0]) return null;
  const [less, more] = sides[1] === '<' ? [left[0], right[0]] : [right[0], left[0]];
  return { good: less ?? '', bad: more ?? '' };
}

export const syntaxGym: Format = {
  name: 'SyntaxGym',
  source: 'syntaxgym.org',
  licence: 'not stated',
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
    const comparisons = predictions.flatMap(({ formula }) => formula.split('&'));
    const sides = comparisons.map(sidesOf);
    const leftOut = sides.filter((one) => one === null).length;
    if (leftOut === sides.length)
      throw new AppError('bad-file', `${file.name}: no prediction compares two conditions, so that there is no minimal pair in it.`); // prettier-ignore
    notes.add('whole sentences are compared where predictions are of regions');
    if (leftOut > 0) notes.add(`${leftOut} of ${sides.length} comparisons in ${file.name} left out, since they are not of two conditions`); // prettier-ignore
    for (const [i, side] of sides.entries()) {
      if (side === null) continue;
      const uid = sides.length > 1 ? `${name} ${i + 1}` : name;
      for (const { item_number, conditions } of items) {
        const where = `${file.name}, item ${item_number}`;
        const sentence = (condition: string): string => {
          const found = conditions.find((one) => one.condition_name === condition);
          if (!found) throw new AppError('bad-file', `${where} has no condition “${condition}”, which a prediction names.`); // prettier-ignore
          return found.regions.map(({ content }) => content.trim()).filter(Boolean).join(' '); // prettier-ignore
        };
        yield { where, uid, phenomenon: name, pairId: String(item_number), good: sentence(side.good), bad: sentence(side.bad) }; // prettier-ignore
      }
    }
  },
};
