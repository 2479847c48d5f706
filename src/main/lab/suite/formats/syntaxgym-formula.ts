// SyntaxGym's predictions: `[(5;%a%) + (6;%a%)] < [(5;%b%) + (6;%b%)] & …`, comparisons of sums and differences of
// regions' surprisals; (5;%a%) is region 5 of condition a, * all of its regions.
import { AppError } from '../../../../shared/errors.ts';

/** A condition, and the numbers of the regions whose surprisals are added up; `*` stands for all. */
export interface Side {
  condition: string;
  regions: string[];
}

/** What a prediction says is less and more surprising, or why that is no pair of two sentences. */
export type Comparison = { text: string } & ({ good: Side; bad: Side } | { leftOut: string });

interface Term {
  condition: string;
  region: string;
  /** How often it is added; subtracted where below 0. */
  times: number;
}
interface Sum {
  terms: Term[];
  constant: number;
}

/** Deeper brackets than any prediction has. */
const deepest = 100;

/** The comparisons of a prediction, joined by &. Throws AppError('bad-file') that begins with `where`. */
export function comparisonsOf(formula: string, where: string): Comparison[] {
  const tokens = [
    ...formula.matchAll(/\(\s*([^;()\s]+)\s*;\s*%([^%]+)%\s*\)|\d+(?:\.\d+)?|[^\s]/g),
  ];
  let at = 0;
  const wrong = (expected: string): AppError => new AppError('bad-file', `${where}: “${formula}” is no prediction that can be read: ${expected} is expected ${tokens[at] ? `at “${formula.slice(tokens[at]?.index)}”` : 'at its end'}. A prediction compares sums of surprisals, such as (2;%match%) < (2;%mismatch%).`); // prettier-ignore
  const take = (...signs: string[]): string | undefined => {
    const sign = tokens[at]?.[0];
    return sign !== undefined && signs.includes(sign) ? (at++, sign) : undefined;
  };

  /** Joined by &. */
  function all(depth: number): Comparison[] | Sum {
    let found = compared(depth);
    for (let sign = take('&', '|'); sign; sign = take('&', '|')) {
      const next = compared(depth);
      if (!Array.isArray(found) || !Array.isArray(next)) throw wrong('a comparison on either side of &'); // prettier-ignore
      found = [...found, ...next];
      if (sign === '|') found = found.map(({ text }) => ({ text, leftOut: 'it is joined to another one by “or” (|)' })); // prettier-ignore
    }
    return found;
  }

  function compared(depth: number): Comparison[] | Sum {
    const from = tokens[at]?.index;
    const left = sum(depth);
    const sign = take('<', '>', '=');
    if (!sign) return left;
    const right = sum(depth);
    if (Array.isArray(left) || Array.isArray(right)) throw wrong('a sum on either side of a comparison'); // prettier-ignore
    const last = tokens[at - 1];
    const text = formula.slice(from, (last?.index ?? 0) + (last?.[0].length ?? 0));
    return [{ text, ...sidesOf(minus(left, right), sign) }];
  }

  function sum(depth: number): Comparison[] | Sum {
    let found = part(depth);
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const next = part(depth);
      if (Array.isArray(found) || Array.isArray(next)) throw wrong('a region');
      found = minus(found, sign === '-' ? next : minus({ terms: [], constant: 0 }, next));
    }
    return found;
  }

  function part(depth: number): Comparison[] | Sum {
    const [token, region, condition] = tokens[at] ?? [];
    if (token === '(' || token === '[') {
      if (depth === deepest) throw wrong('fewer brackets');
      at++;
      const inner = all(depth + 1);
      if (!take(token === '(' ? ')' : ']')) throw wrong(token === '(' ? '“)”' : '“]”');
      return inner;
    }
    if (region !== undefined && condition !== undefined) {
      at++;
      return { terms: [{ condition, region, times: 1 }], constant: 0 };
    }
    if (token === undefined || !/^\d/.test(token)) throw wrong('a region, such as (2;%match%),');
    at++;
    return { terms: [], constant: Number(token) };
  }

  const found = all(0);
  if (at < tokens.length || !Array.isArray(found)) throw wrong('a comparison by < or >');
  return found;
}

function minus(a: Sum, b: Sum): Sum {
  const terms = a.terms.map((term) => ({ ...term }));
  for (const { condition, region, times } of b.terms) {
    const same = terms.find((term) => term.condition === condition && term.region === region);
    if (same) same.times -= times;
    else terms.push({ condition, region, times: -times });
  }
  return { terms: terms.filter(({ times }) => times !== 0), constant: a.constant - b.constant };
}

/** The sides of a sum that is said to be below (<), above or at 0. */
function sidesOf(
  { terms, constant }: Sum,
  sign: string,
): { good: Side; bad: Side } | { leftOut: string } {
  const names = [...new Set(terms.map(({ condition }) => condition))];
  if (sign === '=') return { leftOut: 'it says that two sums are equal' };
  if (names.length > 2) return { leftOut: `it compares ${names.length} conditions (${names.join(', ')}), and a pair has two sentences` }; // prettier-ignore
  if (names.length < 2) return { leftOut: 'it does not compare two conditions' };
  if (constant !== 0) return { leftOut: `it compares with a number (${Math.abs(constant)})` };
  const [first] = terms;
  const twice = terms.some(({ condition, region }) => region === '*' && terms.some((other) => other.condition === condition && other.region !== '*')); // prettier-ignore
  if (twice || terms.some(({ times }) => Math.abs(times) !== Math.abs(first?.times ?? 1))) return { leftOut: 'it counts some regions more often than others' }; // prettier-ignore
  const side = (of: 1 | -1): Side[] =>
    names
      .map((condition) => ({
        condition,
        regions: terms
          .filter((term) => term.condition === condition && Math.sign(term.times) === of)
          .map(({ region }) => region),
      })) // prettier-ignore
      .filter(({ regions }) => regions.length > 0);
  const [[good, ...moreGood], [bad, ...moreBad]] =
    sign === '<' ? [side(1), side(-1)] : [side(-1), side(1)];
  if (!good || !bad || moreGood.length + moreBad.length > 0) return { leftOut: 'it subtracts regions of one condition from others of the same' }; // prettier-ignore
  return { good, bad };
}
