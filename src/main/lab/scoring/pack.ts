// Sentences packed into rows of one length so that as few cells as possible are computed: a causal model's state
// depends on the prefix alone, so that sentences with a common beginning in one row share its cells.

/** Cells of a row that may stay empty; a fuller row is looked for further up the tree. */
const SLACK = 2;

/** Some sentences that go into one row together: a path of cells that all of them begin with, and what follows it. */
interface Item {
  /** All its cells. */
  cells: number;
  path: number;
  /** Sentences that end with the path, and items after it. */
  sentences: number[];
  after: Item[];
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
  const rows: Item[] = [];
  const root: Branch = { depth: 0, items: [] };
  const open = [root];
  for (let k = 0; k < lengths.length; k++) {
    const next = k + 1 < lengths.length ? shared[k + 1]! : 0;
    let top = open.at(-1)!;
    if (next > top.depth) open.push((top = { depth: next, items: [] }));
    const path = lengths[k]! - top.depth;
    top.items.push({ cells: path, path, sentences: [k], after: [] });
    while (top.depth > next) {
      open.pop();
      let above = open.at(-1)!;
      if (above.depth < next) open.push((above = { depth: next, items: [] }));
      for (const item of close(top, rowCells, rows)) above.items.push(behind(item, top.depth - above.depth)); // prettier-ignore
      top = above;
    }
  }
  rows.push(...gather(root.items, rowCells));
  return rows.map((row) => sentencesOf(row).sort((a, b) => a - b));
}

/** Takes full rows out of a branch; the rest, one item at least, is the branch above's. */
function close(branch: Branch, rowCells: number, rows: Item[]): Item[] {
  const room = rowCells - branch.depth;
  const gathered = gather(branch.items, room).sort((a, b) => b.cells - a.cells);
  const isFull = (item: Item, n: number) => n + 1 < gathered.length && room - item.cells <= SLACK;
  rows.push(...gathered.filter(isFull));
  return gathered.filter((item, n) => !isFull(item, n));
}

/** Joins items into as few as possible of at most `room` cells. */
function gather(items: Item[], room: number): Item[] {
  if (items.reduce((sum, { cells }) => sum + cells, 0) <= room) return [join(items)];
  const left = items.toSorted((a, b) => a.cells - b.cells);
  const gathered: Item[] = [];
  while (left.length > 0) gathered.push(join(take(left, room)));
  return gathered;
}

/**
 * Takes items out of an ascending list: always the largest that still fits, and at the end a part of one that does
 * not, where the part is worth the path that it shares with the rest.
 */
function take(left: Item[], room: number): Item[] {
  const taken: Item[] = [];
  let free = room;
  for (;;) {
    const fits = left.findLastIndex(({ cells }) => cells <= free);
    if (fits < 0) break;
    free -= left[fits]!.cells;
    taken.push(...left.splice(fits, 1));
  }
  if (free <= SLACK) return taken;
  for (let n = left.length - 1; n >= 0; n--) {
    const item = left[n]!;
    if (item.after.length === 0 || free <= 2 * item.path) continue;
    const rest = item.after.toSorted((a, b) => a.cells - b.cells);
    const part = behind(join(take(rest, free - item.path)), item.path);
    if (part.cells <= 2 * item.path) continue;
    taken.push(part);
    left.splice(n, 1);
    insert(left, behind(join(rest, item.sentences), item.path));
    break;
  }
  return taken;
}

function insert(ascending: Item[], item: Item): void {
  ascending.splice(ascending.findLastIndex(({ cells }) => cells <= item.cells) + 1, 0, item);
}

const join = (items: Item[], sentences: number[] = []): Item =>
  items.length === 1 && sentences.length === 0
    ? items[0]!
    : { cells: items.reduce((sum, { cells }) => sum + cells, 0), path: 0, sentences, after: items };

/** The item with so many more cells at its beginning. */
const behind = (item: Item, cells: number): Item =>
  ({ ...item, cells: item.cells + cells, path: item.path + cells }); // prettier-ignore

const sentencesOf = ({ sentences, after }: Item): number[] => [...sentences, ...after.flatMap(sentencesOf)]; // prettier-ignore
