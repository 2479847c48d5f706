/** [first, second, …]: compared by the first number, then the second; what follows is carried along. */
type Item = readonly [number, number, ...number[]];

const isBefore = (a: Item, b: Item) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** A binary min-heap. */
export class Heap<T extends Item> {
  private readonly items: T[] = [];

  push(item: T): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++;
      if (!isBefore(items[child]!, last)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
