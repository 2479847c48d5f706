// SyntaxGym: items in several conditions, cut into regions, and predictions that compare regions' surprisals.
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import type { PairParts, Part } from '../../../../shared/scoring-method.ts';
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
          regions: z.array(z.object({ region_number: z.union([z.int(), z.string()]).optional(), content: z.string() })), // prettier-ignore
        }),
      ),
    }),
  ),
});

/** One side of a comparison: a condition, and the numbers of the regions whose surprisals it adds up. */
interface Side {
  condition: string;
  /** `*` stands for all; null: it does more than add. */
  regions: string[] | null;
}

function sideOf(text: string): Side | null {
  const terms = Array.from(text.matchAll(/\(\s*([\d*]+)\s*;\s*%([^%]+)%\s*\)/g), ([, region = '', name = '']) => ({ region, name })); // prettier-ignore
  const [condition, ...others] = new Set(Array.from(text.matchAll(/%([^%]+)%/g), ([, name]) => name)); // prettier-ignore
  if (condition === undefined || others.length > 0) return null;
  const adds = /^[\s()[\]+]*$/.test(text.replace(/\(\s*[\d*]+\s*;\s*%[^%]+%\s*\)/g, ''));
  return { condition, regions: adds ? terms.map(({ region }) => region) : null };
}

/** What a prediction says is less and more surprising; null: it compares more than two conditions. */
function sidesOf(comparison: string): { good: Side; bad: Side } | null {
  const sides = comparison.split(/([<>])/);
  if (sides.length !== 3) return null;
  const [left, right] = [sideOf(sides[0] ?? ''), sideOf(sides[2] ?? '')];
  if (!left || !right || left.condition === right.condition) return null;
  return sides[1] === '<' ? { good: left, bad: right } : { good: right, bad: left };
}

type Region = z.infer<typeof Suite>['items'][number]['conditions'][number]['regions'][number];

/** A condition's sentence, and where in it the regions of a side are; null: they are empty, or not added up. */
function sentenceOf(
  all: readonly Region[],
  { regions }: Side,
): { text: string; parts: Part[] | null } {
  let text = '';
  const parts: Part[] = [];
  for (const [i, { region_number = i + 1, content }] of all.entries()) {
    const words = content.trim();
    if (words === '') continue;
    if (text !== '') text += ' ';
    if (regions?.includes('*') || regions?.includes(String(region_number)))
      parts.push([text.length, text.length + words.length]);
    text += words;
  }
  return { text, parts: regions && parts.length > 0 ? parts : null };
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
    const comparisons = predictions.flatMap(({ formula }) => formula.split('&'));
    const sides = comparisons.map(sidesOf);
    const leftOut = sides.filter((one) => one === null).length;
    if (leftOut === sides.length)
      throw new AppError('bad-file', `${file.name}: no prediction compares two conditions, so that there is no minimal pair in it.`); // prettier-ignore
    notes.add('predictions are of regions');
    if (leftOut > 0) notes.add(`${leftOut} of ${sides.length} comparisons in ${file.name} left out, since they are not of two conditions`); // prettier-ignore
    for (const [i, side] of sides.entries()) {
      if (side === null) continue;
      const uid = sides.length > 1 ? `${name} ${i + 1}` : name;
      for (const { item_number, conditions } of items) {
        const where = `${file.name}, item ${item_number}`;
        const sentence = (of: Side) => {
          const found = conditions.find((one) => one.condition_name === of.condition);
          if (!found) throw new AppError('bad-file', `${where} has no condition “${of.condition}”, which a prediction names.`); // prettier-ignore
          return sentenceOf(found.regions, of);
        };
        const [good, bad] = [sentence(side.good), sentence(side.bad)];
        const parts: PairParts[] = good.parts && bad.parts ? [{ method: 'region', good: good.parts, bad: bad.parts }] : []; // prettier-ignore
        yield { where, uid, phenomenon: name, pairId: String(item_number), good: good.text, bad: bad.text, parts }; // prettier-ignore
      }
    }
  },
};
