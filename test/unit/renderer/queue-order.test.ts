import { expect, test } from 'vitest';
import { inWorkingOrder, numbered, placeBefore } from '../../../src/renderer/state/queue-order.ts';

test('what works comes first, then the queue, then the rest as it was', () => {
  const run = (id: number, queuePosition: number | null, works = false) => ({ id, queuePosition, works }); // prettier-ignore
  const runs = [run(6, 2), run(5, null), run(4, 1), run(3, null, true), run(2, null)];
  const ordered = inWorkingOrder(runs, (each) => each.works).map(({ id }) => id);
  expect(ordered).toEqual([3, 4, 6, 5, 2]);
});

test('a run moves a place in the queue, and never out of it', () => {
  const queue = [4, 6, 9];
  expect(placeBefore(queue, 6, -1)).toBe(4);
  expect(placeBefore(queue, 4, 1)).toBe(9);
  expect(placeBefore(queue, 6, 1)).toBeNull();
  expect(placeBefore(queue, 4, -1)).toBeUndefined();
  expect(placeBefore(queue, 9, 1)).toBeUndefined();
  expect(placeBefore(queue, 5, 1)).toBeUndefined();
});

test('who waits is counted anew when a run has left the queue', () => {
  const run = (id: number, queuePosition: number | null) => ({ id, queuePosition });
  expect(numbered([run(9, 3), run(8, null), run(7, 2)])).toEqual([run(9, 2), run(8, null), run(7, 1)]); // prettier-ignore
});
