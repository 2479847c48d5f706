// Memory of arrays of gigabytes, given back when it is known that nobody reads them any more.

/** Empties arrays at once. The collector sees only that they are small objects, and comes when it likes. */
export function release(...arrays: (ArrayBufferView | null)[]): void {
  for (const array of arrays) if (array?.buffer instanceof ArrayBuffer) array.buffer.transfer(0);
}
