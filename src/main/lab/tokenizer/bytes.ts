// GPT-2's byte-level alphabet: every byte as a printable character, as vocab.json and merges.txt spell tokens.

const charOfByte: string[] = [];
const byteOfChar = new Map<string, number>();
{
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const char = String.fromCharCode(printable(byte) ? byte : next++);
    charOfByte.push(char);
    byteOfChar.set(char, byte);
  }
}

/** The 256 symbols in order of their code points, as `tokenizers` numbers its initial alphabet. */
export const byteSymbols: readonly string[] = [...charOfByte].sort();

/** Text as a string of byte symbols, one for each of its UTF-8 bytes. */
export function toSymbols(text: string): string {
  let symbols = '';
  for (const byte of Buffer.from(text, 'utf8')) symbols += charOfByte[byte];
  return symbols;
}

/** The bytes that a token of byte symbols stands for; null where a character is no byte symbol. */
export function toBytes(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfChar.get(token.charAt(i));
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}
