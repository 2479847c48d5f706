// Whitespace as JavaScript's \s has it (so also no-break spaces and U+FEFF); words are what it separates.

/** 1 for each code unit below U+0100 that is whitespace. */
const latin1Space = new Uint8Array(256);
for (const unit of [9, 10, 11, 12, 13, 32, 0xa0]) latin1Space[unit] = 1;

function isSpace(unit: number): boolean {
  if (unit < 256) return latin1Space[unit] === 1;
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x1680 ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

/** Number of words: maximal runs without whitespace, the same as `text.split(/\s+/)` without empty strings. */
export function countWords(text: string): number {
  let words = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    if (isSpace(text.charCodeAt(i))) inWord = false;
    else if (!inWord) {
      inWord = true;
      words++;
    }
  }
  return words;
}

/** True for a line that holds no word. */
export function isBlank(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (!isSpace(line.charCodeAt(i))) return false;
  return true;
}
