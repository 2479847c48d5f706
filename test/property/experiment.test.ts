// Edited corpora: what an edit may change and what it must not, by properties; contrasts with known truth.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, type ClassInConditions } from '../../src/main/lab/analysis/contrast.ts';
import { seededNormal } from '../../src/main/lab/analysis/hypothesis/power.ts';
import { inspectCorpus, readLines, type CorpusSummary } from '../../src/main/lab/corpus/index.ts';
import { bigramsOf, editCorpora, offendingBigrams } from '../../src/main/lab/experiment/index.ts';
import { control, counterBalance, downWeight, drop, wordsChanged, type Lines } from '../../src/main/lab/experiment/line-plan.ts'; // prettier-ignore
import { shuffleBigrams } from '../../src/main/lab/experiment/shuffle-bigrams.ts';
import { encodeWords, NgramModel, sentenceEnd, unknownWord, wordsOf } from '../../src/main/lab/ngram/index.ts'; // prettier-ignore
import { ExperimentPlan } from '../../src/shared/experiment.ts';

const linesOf = fc
  .array(
    fc.record({ words: fc.integer({ min: 1, max: 9 }), kind: fc.integer({ min: 0, max: 2 }) }),
    { minLength: 1, maxLength: 80 },
  ) // prettier-ignore
  .map((all): Lines => ({
    words: Uint32Array.from(all, (line) => line.words),
    offending: Uint8Array.from(all, (line) => Number(line.kind === 1)),
    favourable: Uint8Array.from(all, (line) => Number(line.kind === 2)),
  }));
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('plans of lines', () => {
  it('dropping takes out all lines that carry and no other', () =>
    fc.assert(fc.property(linesOf, (lines) => {
      expect(drop(lines)).toEqual(Uint16Array.from(lines.offending, (carries) => 1 - carries));
    }))); // prettier-ignore

  it('down-weighting takes out some of them, none with keep 1, the same ones under the same seed', () =>
    fc.assert(fc.property(linesOf, fc.double({ min: 0, max: 1, noNaN: true }), seeds, (lines, keep, seed) => {
      const plan = downWeight(lines, keep, seed);
      expect(downWeight(lines, keep, seed)).toEqual(plan);
      plan.forEach((copies, i) => expect(copies === 1 || lines.offending[i] === 1).toBe(true));
      expect(downWeight(lines, 1, seed).every((copies) => copies === 1)).toBe(true);
    }))); // prettier-ignore

  it('counter-balancing makes favourable lines as many as offending ones', () =>
    fc.assert(fc.property(linesOf, seeds, (lines, seed) => {
      const plan = counterBalance(lines, seed);
      const count = (kind: Uint8Array): number => plan.reduce((sum, copies, i) => sum + copies * (kind[i] as number), 0);
      const [before, offending] = [lines.favourable, lines.offending].map((kind) => kind.reduce((sum, k) => sum + k, 0)) as [number, number];
      expect(count(lines.offending)).toBe(offending);
      expect(count(lines.favourable)).toBe(before === 0 ? 0 : Math.max(before, offending));
      plan.forEach((copies, i) => expect(copies === 1 || lines.favourable[i] === 1).toBe(true));
    }))); // prettier-ignore

  it('a control touches no line that carries, and as many words as its edit, but for less than a line', () =>
    fc.assert(fc.property(linesOf, seeds, (lines, seed) => {
      for (const edit of [drop(lines), counterBalance(lines, seed)]) {
        const plan = control(lines, edit, seed);
        plan.forEach((copies, i) => expect(copies === 1 || lines.offending[i] === 0).toBe(true));
        const [wanted, got] = [wordsChanged(lines, edit), wordsChanged(lines, plan)];
        const free = lines.words.reduce((sum, words, i) => sum + (lines.offending[i] === 0 ? words : 0), 0);
        expect(got.removed).toBeLessThanOrEqual(wanted.removed);
        expect(got.removed).toBeGreaterThan(Math.min(wanted.removed, free) - 9);
        expect(got.added).toBeLessThanOrEqual(wanted.added);
        expect(got.added).toBeGreaterThan(free === 0 ? -1 : wanted.added - 9);
      }
    }))); // prettier-ignore
});

const text = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }).map((words) => words.join(' ')), { minLength: 1, maxLength: 12 }); // prettier-ignore
const bigramCounts = (lines: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const line of lines)
    for (const one of [...bigramsOf(line.split(' ')), `${line.split(' ').at(-1)} </s>`])
      counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

describe('a shuffle that preserves bigrams', () => {
  it('keeps the count of every bigram, line begins and ends among them, and of lines', () =>
    fc.assert(fc.property(text, seeds, (lines, seed) => {
      const shuffled = [...shuffleBigrams(lines, seed)];
      expect(shuffled).toHaveLength(lines.length);
      expect(bigramCounts(shuffled)).toEqual(bigramCounts(lines));
      expect([...shuffleBigrams(lines, seed)]).toEqual(shuffled);
    }))); // prettier-ignore

  it('gives every text with those bigrams equally often', () => {
    // Of these two lines there are but two texts, by hand: the loop a b a in the first line or in the second.
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 6_000; seed++) {
      const one = [...shuffleBigrams(['a b a c', 'a c'], seed)].join(' | ');
      seen.set(one, (seen.get(one) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['a b a c | a c', 'a c | a b a c']);
    for (const count of seen.values()) expect(Math.abs(count - 3_000)).toBeLessThan(4 * Math.sqrt(1_500)); // prettier-ignore
  });
});

describe('offending bigrams', () => {
  const corpus = ['the dogs runs fast', 'the dogs runs home', 'the dogs run', 'a cat sleeps', 'a cat sleeps well']; // prettier-ignore

  it('are those of bad sentences that the bigrams favour, and that pull', async () => {
    const { ids, words } = await encodeWords((async function* () { yield await Promise.resolve(corpus); })()); // prettier-ignore
    const model = NgramModel.build(ids, { order: 2, vocabSize: words.length, boundary: sentenceEnd }); // prettier-ignore
    const idOf = (word: string): number => (words.includes(word) ? words.indexOf(word) : unknownWord); // prettier-ignore
    const rule = ExperimentPlan.shape.bigrams.parse({ mostLines: 1 });
    const pairs = [
      { good: 'The dogs run.', bad: 'The dogs runs.' },
      { good: 'A cat sleeps.', bad: 'A cat sleep.' },
    ];
    const { offending, favourable } = offendingBigrams(pairs, model, idOf, corpus.length, rule);
    expect(offending).toMatchObject([{ bigram: ['dogs', 'runs'], count: 2, pairs: 1 }]);
    expect(offending[0]?.pullNats).toBeGreaterThan(0);
    expect([...favourable]).toContain('dogs run');
    // A corpus of which they are too large a part is left alone.
    expect(offendingBigrams(pairs, model, idOf, corpus.length, { ...rule, mostLines: 0.3 }).offending).toEqual([]); // prettier-ignore
  });
});

describe('edited corpora', () => {
  const all = async (corpus: CorpusSummary, split: 'train' | 'held-out'): Promise<string[]> => {
    const lines: string[] = [];
    for await (const batch of readLines(corpus, split)) lines.push(...batch);
    return lines;
  };

  it('hold what their reports say, in folders named by content, with the same held-out text', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-edit-'));
    const lines = Array.from({ length: 400 }, (_, i) => [`the dogs runs ${i}`, `the dogs run ${i}`, `a cat sleeps ${i} times`, `who is it ${i}`, `here is number ${i}`][i % 5] as string); // prettier-ignore
    fs.mkdirSync(path.join(folder, 'text'));
    fs.writeFileSync(path.join(folder, 'text', 'a.train'), lines.map((line) => `${line}\n`).join('')); // prettier-ignore
    const corpus = await inspectCorpus(path.join(folder, 'text'));
    const bigram: [string, string] = ['dogs', 'runs'];
    const found = { offending: [{ bigram, count: 80, pairs: 1, pullNats: 1 }], favourable: new Set(['dogs run']) }; // prettier-ignore
    const plan = ExperimentPlan.parse({ name: 'x', runId: 1, classes: ['c'], edits: ['drop', 'down-weight', 'counter-balance', 'shuffle-words', 'shuffle-bigrams'] }); // prettier-ignore
    const edit = () => editCorpora(corpus, found, plan, path.join(folder, 'corpora'), () => undefined); // prettier-ignore
    const edited = await edit();
    expect(edited.map(({ report }) => report.condition)).toEqual(['drop', 'control-drop', 'down-weight', 'control-down-weight', 'counter-balance', 'control-counter-balance', 'shuffle-words', 'shuffle-bigrams']); // prettier-ignore
    const original = await all(corpus, 'train');
    const carrying = original.filter((line) => line.includes('dogs runs')).length;
    for (const { corpus: one, report } of edited) {
      expect(path.basename(one.source)).toBe(one.contentHash);
      expect(await all(one, 'held-out')).toEqual(await all(corpus, 'held-out'));
      const now = await all(one, 'train');
      expect(now).toHaveLength(report.lines);
      expect(report.lines).toBe(original.length - report.removedLines + report.addedLines);
      expect(report.carryingBefore).toBe(carrying);
      expect(report.carryingAfter).toBe(now.filter((line) => bigramsOf(wordsOf(line)).includes('dogs runs')).length); // prettier-ignore
    }
    const [dropped, dropControl] = edited.map(({ report }) => report);
    expect(dropped).toMatchObject({ removedLines: carrying, carryingAfter: 0, addedLines: 0 });
    expect(dropControl?.carryingAfter).toBe(carrying);
    expect(Math.abs((dropControl?.removedWords ?? 0) - (dropped?.removedWords ?? 0))).toBeLessThan(6); // prettier-ignore
    const words = (of: readonly string[]): string[] => of.join(' ').split(' ').sort();
    const [shuffledWords, shuffledBigrams] = [edited[6], edited[7]].map((one) => one?.corpus as CorpusSummary); // prettier-ignore
    const inOrder = await all(shuffledWords as CorpusSummary, 'train');
    expect(inOrder.map((line) => words([line]))).toEqual(original.map((line) => words([line])));
    expect(inOrder).not.toEqual(original);
    expect(bigramCounts(await all(shuffledBigrams as CorpusSummary, 'train'))).toEqual(bigramCounts(original)); // prettier-ignore
    // The same edit once more is the same content in the same places.
    expect((await edit()).map(({ corpus: one }) => one.source)).toEqual(edited.map(({ corpus: one }) => one.source)); // prettier-ignore
    expect(fs.readdirSync(path.join(folder, 'corpora')).filter((name) => name.startsWith('making'))).toEqual([]); // prettier-ignore
    fs.rmSync(folder, { recursive: true });
  });
});

describe('conditions compared', () => {
  /** Classes whose Δ in B is that in A, plus an effect on edited classes, a shift of the seed, and noise. */
  function simulate(effect: number, seed: number, seedCount = 5, pairs = 60): ClassInConditions[] {
    const normal = seededNormal(seed);
    const shifts = Array.from({ length: seedCount }, () => 0.2 * normal());
    return Array.from({ length: 6 }, (_, k) => {
      const a = shifts.map(() => Float64Array.from({ length: pairs }, () => normal()));
      const touched = k < 2;
      const b = a.map((of, s) => of.map((d) => d + (touched ? effect : 0) + (shifts[s] as number) + 0.5 * normal())); // prettier-ignore
      return { classId: k, uid: `c${k}`, phenomenon: 'p', touched, a, b, carrying: Uint8Array.from({ length: pairs }, (_, i) => i % 2) }; // prettier-ignore
    });
  }
  const named = { a: 'control-drop', b: 'drop', seeds: [1, 2, 3, 4, 5], step: 10 };

  it('find the effect that was put in, beyond what seeds shift', () => {
    const found = contrast(simulate(0.8, 1), named);
    expect(found.beyond.delta.low).toBeGreaterThan(0.6);
    expect(found.beyond.delta.high).toBeLessThan(1);
    expect(found.untouched.delta.low).toBeLessThan(0.1);
    expect(found.touched.classes).toBe(2);
    expect(found.carrying.pairs + found.notCarrying.pairs).toBe(120);
    expect(found.sentence).toContain('the edited classes differ from the others: 0.');
    for (const { touched, mended, broken } of found.classes) if (touched) expect(mended).toBeGreaterThan(broken); // prettier-ignore
  });

  it('claim a difference in about one of twenty studies without one', () => {
    let claimed = 0;
    for (let s = 0; s < 100; s++) {
      const { low, high } = contrast(simulate(0, s, 5, 30), named).beyond.delta;
      if ((low ?? 0) > 0 || (high ?? 0) < 0) claimed++;
    }
    // Percentile intervals over five seeds are known to be somewhat narrow.
    expect(claimed).toBeLessThan(20);
  });

  it('say where intervals are over pairs alone, and hold with identical conditions', () => {
    const same = simulate(0, 3, 1).map((one) => ({ ...one, b: one.a }));
    const found = contrast(same, { ...named, seeds: [1] });
    expect(found.sentence).toContain('one seed, so the intervals are over pairs alone');
    expect(found.touched.delta).toEqual({ value: 0, low: 0, high: 0 });
    expect(found.sentence).toContain('is not shown');
  });
});
