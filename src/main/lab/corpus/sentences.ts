// A small sentence splitter for edited English prose, used for the embedded corpus.

/** Abbreviations whose full stop does not end a sentence (what follows is a name, a number or more of the phrase). */
const abbreviations = new Set(
  (
    'mr mrs ms messrs dr st gen col capt lieut lt maj sgt adm com hon rev gov sen rep prof pres jno wm geo chas ' +
    'jas thos chap vol fig p pp cf viz vs i.e e.g a.m p.m jan feb aug sept oct nov dec ' +
    'ms sw dan dut ger fr lat icel ass'
  ).split(' '),
);
/** These are abbreviations only before a number: "No. 5" but "I say no. We …". */
const beforeNumber = new Set(['no', 'nos', 'art', 'sec', 'res']);
/** Words that begin a sentence after an initialism ("… of the U.S. The …"), where anything else goes on. */
const starters = new Set(
  (
    'the a an this that these those it he she we they i you there here in on at by for from with as if when while ' +
    'but and or so our my his its their no not all some many most let what who why how now yet under during since ' +
    'after before because although to'
  ).split(' '),
);

/** A full stop, question or exclamation mark with what closes it, before white space and what can open a sentence. */
const candidate = /([.!?]+)(["'”’)\]]*)\s+(?=["'“‘([]*[\p{Lu}\p{N}$])/gu;

/** True where a full stop after `before` and in front of `after` belongs to an abbreviation. */
function isAbbreviation(before: string, after: string): boolean {
  const word = /[\p{L}\p{N}.]+$/u.exec(before)?.[0];
  if (word === undefined) return false;
  const lower = word.toLowerCase();
  if (beforeNumber.has(lower)) return /^["'“‘([]*\p{N}/u.test(after);
  if (abbreviations.has(lower)) return true;
  // "W. H. Taft", "U. S. S. Maine" go on; after "the U.S." a sentence may begin.
  if (/^\p{Lu}$/u.test(word)) return word !== 'I';
  if (!/^(\p{L}\.)+\p{L}$/u.test(word)) return false;
  const next = /^["'“‘([]*(\p{L}+)/u.exec(after)?.[1];
  return next !== undefined && !starters.has(next.toLowerCase());
}

/**
 * The sentences of a text, in order. Paragraphs (blank lines) end sentences; runs of white space and control
 * characters become one space. Deterministic; words are kept, none is changed.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const paragraph of text.split(/\n\s*\n/)) {
    const flat = paragraph.replace(/[\s\p{Cc}]+/gu, ' ').trim();
    let start = 0;
    for (const match of flat.matchAll(candidate)) {
      const end = match.index + match[0].length;
      if (match[1] === '.' && match[2] === '' && isAbbreviation(flat.slice(start, match.index), flat.slice(end))) continue; // prettier-ignore
      sentences.push(flat.slice(start, end).trimEnd());
      start = end;
    }
    if (start < flat.length) sentences.push(flat.slice(start));
  }
  return sentences;
}
