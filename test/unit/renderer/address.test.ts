// Addresses of places: there and back, and nothing that is none.
import { describe, expect, it } from 'vitest';
import { addressText, parseAddress } from '../../../src/renderer/state/address.ts';
import type { Place } from '../../../src/renderer/state/route.svelte.ts';

describe('an address', () => {
  const side = { runId: 3, suiteId: 1, profile: 'lm-eval', step: 400 };
  const places: Place[] = [
    { page: 'atlas' },
    { page: 'run', runId: 3 },
    { page: 'new-run' },
    { page: 'new-run', likeRunId: 3 },
    { page: 'compare-runs', runIds: [1, 2] },
    { page: 'compare' },
    { page: 'compare', a: side, b: { runId: 4, suiteId: 1, profile: 'a b/c' } },
    { page: 'class', classId: 12 },
    { page: 'pair', classId: 12, pairRowId: 345 },
    { page: 'sweeps' },
    { page: 'sweep', id: 3 },
    { page: 'sweep-plan' },
    { page: 'sweep-plan', id: 3 },
    { page: 'glossary', term: 'time-wrong' },
  ];
  it.each(places)('names $page and is read back', (place) => {
    const view = { filter: 'field:syntax "a & b"', step: '800' };
    const text = addressText({ place, view });
    expect(text).toMatch(/^gardenpath:\/\/\S+$/);
    expect(parseAddress(` ${text}\n`)).toEqual({ place, view });
  });
  it('is short where there is little to say', () => {
    expect(addressText({ place: { page: 'pair', classId: 1, pairRowId: 2 }, view: {} })).toBe('gardenpath://pair/1/2'); // prettier-ignore
    expect(parseAddress('gardenpath://atlas/')).toEqual({ place: { page: 'atlas' }, view: {} });
  });
  it.each([
    '',
    'atlas',
    'https://example.com/',
    'gardenpath://',
    'gardenpath://elsewhere',
    'gardenpath://constructor',
    'gardenpath://class',
    'gardenpath://class/x',
    'gardenpath://class/1/2',
    'gardenpath://pair/1',
    'gardenpath://atlas/../../etc/passwd',
    'gardenpath://glossary/%2e%2e%2f',
    'gardenpath://run/1#x',
    'gardenpath://compare/1:2',
    `gardenpath://atlas?filter=${'x'.repeat(5_000)}`,
  ])('%s is none', (text) => expect(parseAddress(text)).toBeNull());
});
