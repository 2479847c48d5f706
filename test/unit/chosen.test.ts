// What a person chose is known by an id; the paths stay with the shell, and not for ever.
import { expect, it } from 'vitest';
import { Chosen } from '../../src/main/chosen.ts';

it('gives ids and names, and forgets the oldest choices', () => {
  const chosen = new Chosen();
  const first = chosen.add(['/home/ann/secret/suite.csv', '/home/ann/other.csv']);
  expect(first.names).toEqual(['suite.csv', 'other.csv']);
  expect(JSON.stringify(first)).not.toContain('secret');
  expect(chosen.pathsOf(first.id)).toEqual(['/home/ann/secret/suite.csv', '/home/ann/other.csv']);
  const later = Array.from({ length: 20 }, (_, i) => chosen.add([`/tmp/${i}`]));
  expect(() => chosen.pathsOf(first.id)).toThrow(/Choose it again/);
  expect(chosen.pathOf(later[19]?.id ?? '')).toBe('/tmp/19');
  expect(() => chosen.pathOf('constructor')).toThrow(/no longer known/);
});
