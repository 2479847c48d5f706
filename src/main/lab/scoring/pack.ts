// Sentences packed into rows of one length so that as few cells as possible are computed: a causal model's state
// depends on the prefix alone, so that sentences with a common beginning in one row share its cells.

/** Cells of a row that may stay empty; a fuller row is looked for further up the tree. */
const SLACK = 2;

/** Some sentences that go into one row together. */
interface Item {
  /** Cells they need beside those of the branch that they hang on. */
  cells: number;
  sentences: number[];
}

/** A beginning that several sentences share. */
interface Branch {
  /** Its length in cells. */
  depth: number;
  items: Item[];
}

/**
 * Packs sorted sentences into rows. Bottom-up over the tree of their beginnings: what hangs on a branch is packed
 * together, full rows are taken out, and the rest goes to the branch above, which costs the cells in between.
 * @param lengths cells of each sentence
 * @param shared shared[k]: leading cells that sentence k shares with k − 1; shared[0] is 0
 * @param rowCells cells of a row, no less than the longest sentence has
 * @returns rows, each a list of sentences in ascending order
 */
export function packRows(lengths: Int32Array, shared: Int32Array, rowCells: number): number[][] {
  const rows: number[][] = [];
  const root: Branch = { depth: 0, items: [] };
  const open = [root];
  for (let k = 0; k < lengths.length; k++) {
    const next = k + 1 < lengths.length ? shared[k + 1]! : 0;
    let top = open.at(-1)!;
    if (next > top.depth) open.push((top = { depth: next, items: [] }));
    top.items.push({ cells: lengths[k]! - top.depth, sentences: [k] });
    while (top.depth > next) {
      open.pop();
      let above = open.at(-1)!;
      if (above.depth < next) open.push((above = { depth: next, items: [] }));
      above.items.push(...close(top, above.depth, rowCells, rows));
      top = above;
    }
  }
  for (const { sentences } of gather(root.items, rowCells)) rows.push(sentences);
  for (const row of rows) row.sort((a, b) => a - b);
  return rows;
}

/** Takes full rows out of a branch; the rest, one item at least, as items of the branch above. */
function close(branch: Branch, depthAbove: number, rowCells: number, rows: number[][]): Item[] {
  const room = rowCells - branch.depth;
  const gathered = gather(branch.items, room).sort((a, b) => b.cells - a.cells);
  const rest: Item[] = [];
  gathered.forEach((item, n) => {
    if (n + 1 < gathered.length && room - item.cells <= SLACK) rows.push(item.sentences);
    else rest.push({ ...item, cells: item.cells + branch.depth - depthAbove });
  });
  return rest;
}

/** Joins items into as few as possible of at most `room` cells: always the largest that still fits. */
function gather(items: Item[], room: number): Item[] {
  const total = items.reduce((sum, { cells }) => sum + cells, 0);
  if (total <= room) return [join(items)];
  const bySize = new Map<number, Item[]>();
  for (const item of items) {
    const same = bySize.get(item.cells);
    if (same) same.push(item);
    else bySize.set(item.cells, [item]);
  }
  const sizes = [...bySize.keys()].sort((a, b) => b - a);
  const gathered: Item[] = [];
  for (let left = items.length; left > 0;) {
    const taken: Item[] = [];
    let free = room;
    for (const size of sizes) {
      const same = bySize.get(size)!;
      while (size <= free && same.length > 0) {
        taken.push(same.pop()!);
        free -= size;
      }
    }
    left -= taken.length;
    gathered.push(join(taken));
  }
  return gathered;
}

const join = (items: Item[]): Item => ({
  cells: items.reduce((sum, { cells }) => sum + cells, 0),
  sentences: items.flatMap(({ sentences }) => sentences),
});
