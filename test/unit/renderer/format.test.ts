// Numbers as a person reads them.
import { expect, test } from 'vitest';
import { bytes, count, decimals, duration, fixed, margin, perplexity, scientific, share, seenText, short, shareTick, signed } from '../../../src/renderer/format.ts'; // prettier-ignore

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

test('shares lose their leading zero, negative numbers have a true minus', () => {
  expect([0.31, 1, 0, -0.5].map((value) => share(value))).toEqual(['.31', '1.00', '.00', '−.50']);
  expect([0, 0.5, 1].map(shareTick)).toEqual(['0', '.5', '1']);
  expect(margin(0.28, 0.34)).toBe('±.03');
  expect(fixed(-84.24, 1)).toBe('−84.2');
  expect(fixed(null, 1)).toBe('–');
});

test('a number that rounds to zero has no sign', () => {
  expect([2.13, -0.1, 0.04, -0.04].map((value) => signed(value))).toEqual(['+2.1', '−0.1', '0.0', '0.0']); // prettier-ignore
});

test('large numbers are seenText, short, with a narrow space before the unit', () => {
  expect(plain(short(null))).toBe('–');
  expect([950, 1840, 431_000, 6_553_600, 124_000_000, 1.2e9].map((n) => plain(short(n)))).toEqual(['950', '1.8 k', '431 k', '6.6 M', '124 M', '1.2 G']); // prettier-ignore
  expect(plain(bytes(512))).toBe('512 B');
  expect(plain(bytes(94e6))).toBe('94.0 MB');
  expect(count(1840)).toBe('1,840');
});

test('durations name the two units that matter', () => {
  const said = [400, 45_000, 66 * 60_000, 125 * 60_000, 76 * 3_600_000].map((ms) => duration(ms).replaceAll('\u202f', ' ')); // prettier-ignore
  expect(said).toEqual(['0 s', '45 s', '66 min', '2 h 5 min', '3 d 4 h']);
});

test('learning rates and perplexities', () => {
  expect([0.002, 0.0001, 0, 12.53].map(scientific)).toEqual(['0.002', '1e−4', '0', '12.5']);
  expect([Math.log(43.91), Math.log(2461.7), null].map(perplexity)).toEqual(['43.9', '2,462', '–']);
});

test('an axis shows as many decimals as its ticks differ in', () => {
  expect([2, 1, 0.5, 0.05, 0.1, 0].map(decimals)).toEqual([0, 0, 1, 2, 1, 0]);
});

test('what a model had seen is told as far as it is known', () => {
  const seen = (step: number, tokensSeen: number, wordsSeen: number) =>
    seenText({ step, tokensSeen, wordsSeen }).map(plain);
  expect(seen(0, 0, 0)).toEqual(['0 tokens', '0 words']);
  expect(seen(150, 307_200, 216_904)).toEqual(['307 k tokens', '217 k words']);
  expect(seen(3, 0, 10_000_000)).toEqual(['10.0 M words']);
  expect(seen(150, 0, 0)).toEqual([]);
});
