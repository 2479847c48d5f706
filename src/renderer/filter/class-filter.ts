// One filter text for classes: words, and terms such as `field:syntax accuracy:<0.5 -judged:yes`.
// Every term must hold; commas within a term are alternatives; `-` in front turns a term round.
import type { ClassRow } from '../../shared/domain.ts';

type Value = string | string[] | number | null | undefined;

interface Key {
  note: string;
  of: (row: ClassRow) => Value;
  /** Values to suggest where they are not those of the classes themselves. */
  values?: string[];
}

const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');
const judged = ({ votes, adjudicated }: ClassRow): string[] => [
  yesNo(votes.length > 0),
  ...(adjudicated ? [adjudicated.verdict, 'adjudicated'] : votes.map((vote) => vote.verdict)),
];
const numbers = ['<0.5', '>0.5', '0.4..0.6'];

export const keys: Record<string, Key> = {
  class: { note: 'part of its name', of: (row) => row.uid, values: [] },
  field: { note: 'syntax, morphology, …', of: (row) => row.field },
  phenomenon: { note: 'island effects, …', of: (row) => row.phenomenon },
  accuracy: { note: 'share right, at the cursor', of: (row) => row.accuracy, values: numbers },
  delta: { note: 'mean Δ in nats, at the cursor', of: (row) => row.meanDelta, values: ['<0', '>0', '-1..1'] }, // prettier-ignore
  final: { note: 'accuracy at the end', of: (row) => row.finalAccuracy, values: numbers },
  worst: { note: 'lowest accuracy ever', of: (row) => row.worstAccuracy, values: numbers },
  wrong: { note: 'share of checkpoints wrong', of: (row) => row.timeWrong, values: ['>0', '>0.5', '0'] }, // prettier-ignore
  shape: { note: 'of the trajectory', of: (row) => row.shape },
  entrenched: {
    note: 'by the default rule',
    of: (row) => (row.entrenched === null ? null : yesNo(row.entrenched)),
    values: ['yes', 'no'],
  },
  human: { note: 'human agreement', of: (row) => row.human, values: ['<0.8', '>0.9'] },
  gpt2: { note: 'GPT-2’s accuracy', of: (row) => row.published.gpt2, values: numbers },
  lstm: { note: 'an LSTM’s accuracy', of: (row) => row.published.lstm, values: numbers },
  '5gram': { note: 'a 5-gram model’s accuracy', of: (row) => row.published.fiveGram, values: numbers }, // prettier-ignore
  samewords: { note: 'share of pairs of the same words', of: (row) => row.lexicallyIdentical, values: ['>0.9', '0'] }, // prettier-ignore
  judged: { note: 'yes, no, or how', of: judged, values: ['yes', 'no', 'meaningful', 'not-meaningful', 'unsure', 'adjudicated'] }, // prettier-ignore
  flag: { note: 'an annotator’s', of: (row) => yesNo(row.flagged), values: ['yes', 'no'] },
  tag: { note: 'of a judgement', of: (row) => row.tags },
  by: { note: 'who judged it', of: (row) => row.votes.map((vote) => vote.annotator) },
};

export interface ClassFilter {
  keeps: (row: ClassRow) => boolean;
  /** What of the text says nothing, in words; it filters nothing. */
  problems: string[];
}
type Test = (row: ClassRow) => boolean;

/** Pieces between spaces, those within quotation marks kept together. */
export const piecesOf = (text: string): RegExpExecArray[] => [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)]; // prettier-ignore

/** Reads a filter text; `all` are the classes it is about, whose values are meant exactly where named. */
export function classFilter(text: string, all: readonly ClassRow[]): ClassFilter {
  const tests: Test[] = [];
  const problems: string[] = [];
  for (const [piece] of piecesOf(text)) {
    const negated = piece.startsWith('-') && piece.length > 1;
    const term = negated ? piece.slice(1) : piece;
    const test = termTest(term, all);
    if (typeof test === 'string') problems.push(test);
    else tests.push(negated ? (row) => !test(row) : test);
  }
  return { keeps: (row) => tests.every((test) => test(row)), problems };
}

/** A term's test, or what is wrong with it. */
function termTest(term: string, all: readonly ClassRow[]): Test | string {
  const [, name, sign, rest = ''] = /^([a-z0-9]+)(:|(?=[<>=]))(.*)$/i.exec(term) ?? [];
  if (name === undefined || sign === undefined) {
    const word = plain(term);
    return (row) => textOf(row).includes(word);
  }
  const key = Object.hasOwn(keys, name.toLowerCase()) ? keys[name.toLowerCase()] : undefined;
  if (!key) return `There is no filter “${name}”; there are ${Object.keys(keys).join(', ')}.`;
  if (rest === '') return `Say which after “${name}:”.`;
  const tests = rest.split(',').map((value) => valueTest(key, value, all));
  const problem = tests.find((test) => typeof test === 'string');
  if (problem !== undefined) return `${name}: ${problem}`;
  return (row) => (tests as Test[]).some((test) => test(row));
}

function valueTest({ of }: Key, value: string, all: readonly ClassRow[]): Test | string {
  if (all.some((row) => typeof of(row) === 'number')) {
    const within = range(value);
    if (!within) return `“${value}” is not a number; try <0.5, >0.5 or 0.4..0.6.`;
    return (row) => {
      const number = of(row);
      return typeof number === 'number' && within(number);
    };
  }
  const wanted = plain(value);
  const values = (row: ClassRow): string[] => [of(row) ?? []].flat().map((text) => plain(String(text))); // prettier-ignore
  const exact = all.some((row) => values(row).includes(wanted)) || wanted === 'yes' || wanted === 'no'; // prettier-ignore
  return (row) => values(row).some((text) => (exact ? text === wanted : text.includes(wanted)));
}

/** `<0.5`, `>=1`, `0.4..0.6`, `50%`; a bare number is meant as shown, to two decimals. */
function range(value: string): ((x: number) => boolean) | null {
  const [, low, high] = /^(.+?)\.\.(.+)$/.exec(value) ?? [];
  if (low !== undefined && high !== undefined) {
    const [from, to] = [number(low), number(high)];
    return from === null || to === null ? null : (x) => x >= from && x <= to;
  }
  const [, sign = '', rest = ''] = /^(<=|>=|<|>|=|)(.*)$/.exec(value) ?? [];
  const than = number(rest);
  if (than === null) return null;
  switch (sign) {
    case '<':
      return (x) => x < than;
    case '<=':
      return (x) => x <= than;
    case '>':
      return (x) => x > than;
    case '>=':
      return (x) => x >= than;
    default:
      return (x) => Math.abs(x - than) < 0.005;
  }
}

function number(text: string): number | null {
  const [, digits, percent] = /^([-−+]?(?:\d+\.?\d*|\.\d+))(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  return Number(digits.replace('−', '-')) / (percent ? 100 : 1);
}

/** As it is compared: small letters, without quotation marks; underscores and hyphens are spaces. */
const plain = (text: string): string => text.toLowerCase().replaceAll('"', '').replace(/[_-]+/g, ' ').trim(); // prettier-ignore

/** What a bare word is looked for in. */
const textOf = ({ uid, phenomenon, field, votes, tags }: ClassRow): string =>
  plain([uid, phenomenon, field, ...tags, ...votes.map((vote) => vote.reason)].join(' '));
