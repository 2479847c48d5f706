// The pairs of a class, in the order asked for, fetched in chunks as they come into view.
import type { PairRow } from '../../shared/domain.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Params, labApi } from '../../shared/api.ts';
import { call } from '../client.ts';
import { keep } from './memory.svelte.ts';
import { asAppError } from './resource.svelte.ts';

type Question = Omit<Params<typeof labApi, 'pairs.page'>, 'offset' | 'limit'>;
const chunkSize = 200;

export class PairList {
  readonly classId: number;
  sort = $state<NonNullable<Question['sort']>>('delta');
  outcome = $state<NonNullable<Question['outcome']>>('all');
  lexical = $state<NonNullable<Question['lexical']>>('all');
  /** Scores (nats) between which both sentences lie: the scatter's rectangle. */
  within = $state.raw<Question['within']>();
  text = $state('');
  /** The row with the cursor: its pairRowId, or `at 299` while it is not fetched. */
  current = $state<string | null>(null);
  scroll = $state(0);
  /** undefined where not fetched yet; as long as there are pairs. */
  rows = $state.raw<(PairRow | undefined)[]>([]);
  loaded = $state(false);
  error = $state.raw<AppError | null>(null);

  #question: Question | null = null;
  #asked = '';
  #answered = '';
  #busy = false;
  #view: [from: number, to: number] = [0, 0];

  constructor(classId: number) {
    this.classId = classId;
  }

  /** Asks for the rows in view; `where` and `step` say at which checkpoint. Call it in an effect. */
  follow(where: Pick<Question, 'runId' | 'suiteId' | 'profile'>, step: number | undefined): void {
    const { classId, sort, text, outcome, lexical, within } = this;
    this.#question = {
      ...where,
      classId,
      sort,
      text,
      outcome,
      lexical,
      ...(within && { within }),
      ...(step !== undefined && { step }),
    };
    this.#asked = JSON.stringify(this.#question);
    void this.#fill();
  }

  /** Rows from … to are on screen. */
  show(from: number, to: number): void {
    this.#view = [from, to];
    void this.#fill();
  }

  /** Every row, in this order. */
  async all(): Promise<PairRow[]> {
    const rows: PairRow[] = [];
    const limit = 5_000;
    for (let total = Infinity; this.#question && rows.length < total;) {
      const page = await call('pairs.page', { ...this.#question, offset: rows.length, limit });
      rows.push(...page.rows);
      total = page.rows.length === 0 ? 0 : page.total;
    }
    return rows;
  }

  /** The pair before or after the given one, where it is fetched. */
  neighbour(pairRowId: number, by: 1 | -1): PairRow | undefined {
    const index = this.rows.findIndex((row) => row?.pairRowId === pairRowId);
    if (index < 0) return undefined;
    this.show(index + by, index + by);
    return this.rows[index + by];
  }

  // One question at a time; the next is whatever is missing by then. So scrubbing never piles up.
  async #fill(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let offset = this.#missing(); offset !== null; offset = this.#missing())
        await this.#fetch(offset);
      this.error = null;
    } catch (error) {
      this.error = asAppError(error);
    }
    this.loaded = true;
    this.#busy = false;
  }

  /** Where the first chunk begins that is in view and not fetched; null: nothing is missing. */
  #missing(): number | null {
    if (!this.#question) return null;
    const [from, to] = this.#view;
    const first = Math.floor(Math.max(0, from) / chunkSize) * chunkSize;
    if (this.#answered !== this.#asked) return first;
    for (let offset = first; offset <= Math.min(to, this.rows.length - 1); offset += chunkSize)
      if (offset >= 0 && !this.rows[offset]) return offset;
    return null;
  }

  async #fetch(offset: number): Promise<void> {
    if (!this.#question) return;
    const asked = this.#asked;
    const page = await call('pairs.page', { ...this.#question, offset, limit: chunkSize });
    const same = asked === this.#answered && page.total === this.rows.length;
    const rows = same ? [...this.rows] : Array.from({ length: page.total }, () => undefined as PairRow | undefined); // prettier-ignore
    page.rows.forEach((row, i) => (rows[offset + i] = row));
    this.rows = rows;
    this.#answered = asked;
    // The cursor went ahead of what was fetched: now its row has a name.
    const ahead = rows[Number(/^at (\d+)$/.exec(this.current ?? '')?.[1])];
    if (ahead) this.current = String(ahead.pairRowId);
  }
}

/** The list of a class, as one left it. */
export const pairListOf = (classId: number): PairList =>
  keep(`pairs/${classId}`, () => new PairList(classId));
