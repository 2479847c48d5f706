// Plans for any sentences: every token is scored by the right context, once, whatever the company.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planScoring, type EncodedSentence, type RowBlock, type ScoringPlan } from '../../src/main/lab/scoring/index.ts'; // prettier-ignore

const MAX_POSITIONS = 40;
// Few tokens and lengths, so that beginnings and whole sentences often coincide.
const sentence = fc
  .tuple(
    fc.array(fc.nat(2), { minLength: 2, maxLength: 12 }),
    fc.nat({ max: 28 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([ids, more, from]): EncodedSentence => {
    const all = [...ids, ...new Array<number>(more).fill(7)];
    return { text: all.join(' '), ids: all, scoredFrom: Math.min(from, all.length - 1) };
  });
const sentences = fc.array(sentence, { minLength: 1, maxLength: 80 });
const rowTokens = fc.integer({ min: 4, max: 40 });

/** The tokens that a cell sees, itself included, by the block's own account. */
function context(block: RowBlock, cell: number): number[] {
  const row = Math.floor(cell / block.rowTokens) * block.rowTokens;
  const seen: number[] = [];
  for (let j = row; j <= cell; j++) if (cell - row < block.ends[j]!) seen.push(j);
  expect(seen.map((j) => block.positions[j])).toEqual(seen.map((_, position) => position));
  return seen.map((j) => block.ids[j]!);
}

/** Each sentence's edges, with their block. */
function edgesBySentence(plan: ScoringPlan): { block: RowBlock; row: number; edges: number[] }[] {
  const found: { block: RowBlock; row: number; edges: number[] }[] = [];
  for (const block of plan.blocks)
    for (let row = 0; row < block.rows; row++)
      for (let n = block.rowStarts[row]!; n < block.rowStarts[row + 1]!; n++) {
        expect(found[block.sentences[n]!]).toBeUndefined();
        const edges = [
          ...block.tokenEdges.subarray(block.tokenStarts[n], block.tokenStarts[n + 1]),
        ];
        found[block.sentences[n]!] = { block, row, edges };
      }
  return found;
}

describe('planScoring', () => {
  test('each scored token is predicted from exactly the tokens before it', () => {
    fc.assert(
      fc.property(sentences, rowTokens, (all, row) => {
        const plan = planScoring(all, { maxPositions: MAX_POSITIONS, rowTokens: row });
        const found = edgesBySentence(plan);
        expect(found).toHaveLength(all.length);
        all.forEach(({ ids, scoredFrom }, s) => {
          const { block, row: r, edges } = found[s]!;
          expect(edges.map((edge) => block.edgeTokens[edge])).toEqual(ids.slice(scoredFrom));
          edges.forEach((edge, i) => {
            expect(context(block, block.edgeCells[edge]!)).toEqual(ids.slice(0, scoredFrom + i));
            expect(block.edgeStarts[r]! <= edge && edge < block.edgeStarts[r + 1]!).toBe(true);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  test('within a row no prefix has two cells, and no prediction is made twice', () => {
    fc.assert(
      fc.property(sentences, rowTokens, (all, row) => {
        for (const block of planScoring(all, { maxPositions: MAX_POSITIONS, rowTokens: row })
          .blocks)
          for (let r = 0; r < block.rows; r++) {
            const [from, to] = [block.edgeStarts[r]!, block.edgeStarts[r + 1]!];
            const cells = new Set(block.edgeCells.subarray(from, to));
            const prefixes = [...cells].map((cell) => context(block, cell).join());
            expect(new Set(prefixes).size).toBe(cells.size);
            const made = Array.from({ length: to - from }, (_, i) => `${block.edgeCells[from + i]} ${block.edgeTokens[from + i]}`); // prettier-ignore
            expect(new Set(made).size).toBe(made.length);
            for (const cell of cells) expect(Math.floor(cell / block.rowTokens)).toBe(r);
          }
      }),
      { numRuns: 60 },
    );
  });

  test('order and repetition of sentences change nothing that is computed', () => {
    fc.assert(
      fc.property(sentences, fc.infiniteStream(fc.nat()), (all, random) => {
        const options = { maxPositions: MAX_POSITIONS, rowTokens: 16 };
        const others = [...all, ...all.filter(() => random.next().value % 2)];
        const keyed = others.map((one) => [random.next().value as number, one] as const);
        const shuffled = keyed.sort(([a], [b]) => a - b).map(([, one]) => one);
        const [plan, again] = [planScoring(all, options), planScoring(shuffled, options)];
        const computed = ({ blocks }: ScoringPlan) =>
          blocks.map(({ ids, positions, ends, edgeCells, edgeTokens }) => [ids, positions, ends, edgeCells, edgeTokens]); // prettier-ignore
        expect(computed(again)).toEqual(computed(plan));
        const [found, before] = [edgesBySentence(again), edgesBySentence(plan)];
        shuffled.forEach((one, s) => expect(found[s]!.edges).toEqual(before[all.indexOf(one)]!.edges)); // prettier-ignore
      }),
      { numRuns: 60 },
    );
  });

  test('rows are full where there is enough to fill them', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => ({
      text: '',
      ids: [2, n % 7, n % 31, n % 5, n % 3, 9, n, 4],
      scoredFrom: 1,
    }));
    const prefixes = new Set(many.flatMap(({ ids }) => ids.slice(1).map((_, t) => ids.slice(0, t + 1).join()))); // prettier-ignore
    const cells = (most: number) =>
      planScoring(many, { maxPositions: 128, rowTokens: most }).blocks.reduce((sum, { rows, rowTokens }) => sum + rows * rowTokens, 0); // prettier-ignore
    expect(cells(64)).toBeLessThan(1.15 * prefixes.size);
    expect(cells(512)).toBeLessThan(1.03 * prefixes.size);
  });

  test('rows are no longer than they need to be', () => {
    fc.assert(
      fc.property(sentences, fc.integer({ min: 4, max: 12 }), (all, sixteens) => {
        const options = { maxPositions: MAX_POSITIONS, rowTokens: 16 * sixteens };
        for (const { rows, rowTokens, edgeCells } of planScoring(all, options).blocks) {
          expect(rowTokens).toBeLessThanOrEqual(options.rowTokens);
          // Of one row all but what vectors need is used; of several, no fewer would do.
          if (rows === 1) expect(rowTokens - new Set(edgeCells).size).toBeLessThan(16);
          else expect((rows - 1) * options.rowTokens).toBeLessThan(new Set(edgeCells).size + rows * MAX_POSITIONS); // prettier-ignore
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a sentence longer than the model reads is refused by name', () => {
    const long = { text: 'a long one', ids: new Array<number>(12).fill(5), scoredFrom: 1 };
    expect(() => planScoring([long], { maxPositions: 10 })).toThrow(/12 tokens.*10 positions.*“a long one”/s); // prettier-ignore
    expect(planScoring([long], { maxPositions: 11 }).blocks[0]!.edgeTokens).toHaveLength(11);
  });
});
