// A rectangle of two ranges, as a brush moves it.

export type Range = [low: number, high: number];
export interface Brush {
  x: Range;
  y: Range;
}

/** The rectangle between two corners, kept inside `domain`. */
export const between = (a: [number, number], b: [number, number], domain: Range): Brush => ({
  x: clamp([Math.min(a[0], b[0]), Math.max(a[0], b[0])], domain),
  y: clamp([Math.min(a[1], b[1]), Math.max(a[1], b[1])], domain),
});

/** Moved by so much, its size kept, inside `domain`. */
export const moved = (brush: Brush, dx: number, dy: number, domain: Range): Brush => ({
  x: shift(brush.x, dx, domain),
  y: shift(brush.y, dy, domain),
});

/** Its far corner moved by so much; never thinner than nothing. */
export const resized = (brush: Brush, dx: number, dy: number, domain: Range): Brush => ({
  x: clamp([brush.x[0], Math.max(brush.x[0], brush.x[1] + dx)], domain),
  y: clamp([brush.y[0], Math.max(brush.y[0], brush.y[1] + dy)], domain),
});

const clamp = ([low, high]: Range, [least, most]: Range): Range => [
  Math.min(Math.max(low, least), most),
  Math.min(Math.max(high, least), most),
];
function shift([low, high]: Range, by: number, [least, most]: Range): Range {
  const kept = Math.min(Math.max(by, least - low), most - high);
  return [low + kept, high + kept];
}
