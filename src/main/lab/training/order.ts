// Which windows the batches of a run read, for those who train elsewhere in the same order.
import { permutation } from './shuffle.ts';

/** The windows of places 0 … count − 1 in the endless sequence of epochs that `WindowData` reads, epoch by epoch. */
export function* windowOrder(windows: number, seed: number, count: number): Generator<Int32Array> {
  for (let epoch = 0; epoch * windows < count; epoch++)
    yield permutation(windows, seed, epoch).subarray(0, Math.min(windows, count - epoch * windows));
}
