// GPT-2's cut of a text into words ("pre-tokens"), within which byte-pair merges stay:
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+

const [SPACE, LETTER, NUMBER, OTHER] = [0, 1, 2, 3];
const kind = new Uint8Array(128).fill(OTHER);
for (const unit of [9, 10, 11, 12, 13, 32]) kind[unit] = SPACE;
for (let unit = 48; unit < 58; unit++) kind[unit] = NUMBER;
for (let unit = 65; unit < 91; unit++) kind[unit] = kind[unit + 32] = LETTER;

const apostrophe = 39;
const blank = 32;

/** The length of 's 't 're 've 'm 'll 'd at an apostrophe, or 0. */
function contraction(text: string, at: number): number {
  switch (text[at + 1]) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return text[at + 2] === 'e' ? 3 : 0;
    case 'l':
      return text[at + 2] === 'l' ? 3 : 0;
    default:
      return 0;
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/**
 * The end of the pre-token that begins at `start` in an ASCII text. A hand-written scanner, several times as fast
 * as the regular expression.
 */
function asciiPreTokenEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === apostrophe) {
    const length = contraction(text, start);
    if (length > 0) return start + length;
  }
  let end = start + 1;
  let run = kind[first];
  if (run === SPACE) {
    while (end < text.length && kind[text.charCodeAt(end)] === SPACE) end++;
    if (end === text.length) return end;
    if (end - start > 1) return end - 1; // the last space belongs to what follows
    if (first !== blank) return end;
    run = kind[text.charCodeAt(end++)]; // one blank and what follows it
  }
  while (end < text.length && kind[text.charCodeAt(end)] === run) end++;
  return end;
}

/**
 * Latin, Greek, Cyrillic, Hebrew, Arabic, kana, Han and Hangul, and punctuation: of these every version of Unicode in
 * use says the same of what is a letter, a number or a space. Of new letters the JavaScript engine and `tokenizers`
 * may disagree.
 */
const settled = /^[\0-\u06ff\u1e00-\u206f\u20a0-\u20bf\u3000-\u30ff\u4e00-\u9fa5\uac00-\ud7a3]*$/;
const preToken =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Tells `each` of a text's pre-tokens; false, and none told, where only `tokenizers` itself can cut it for certain. */
export function eachPreToken(text: string, each: (preToken: string) => void): boolean {
  if (isAscii(text))
    for (let start = 0; start < text.length;) {
      const end = asciiPreTokenEnd(text, start);
      each(text.slice(start, end));
      start = end;
    }
  else if (settled.test(text)) for (const found of text.match(preToken) ?? []) each(found);
  else return false;
  return true;
}

/** A copy that does not hold on to the megabyte of text that a slice was cut from. */
export const detached = (slice: string): string =>
  Buffer.from(slice, 'utf16le').toString('utf16le');
