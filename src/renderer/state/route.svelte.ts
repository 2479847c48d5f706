// Where one is, and the way back.

/** One side of a comparison: a run under a profile at a checkpoint (left out: the last one). */
export interface Side {
  runId: number;
  suiteId: number;
  profile: string;
  step?: number;
}

export type Place =
  | { page: 'atlas' }
  | { page: 'runs' }
  | { page: 'run'; runId: number }
  | { page: 'new-run'; likeRunId?: number }
  | { page: 'compare-runs'; runIds: number[] }
  | { page: 'judge' }
  | { page: 'compare'; a?: Side; b?: Side }
  | { page: 'stuck' }
  | { page: 'bigrams' }
  | { page: 'hypothesis' }
  | { page: 'experiment'; id: number }
  | { page: 'sweeps' }
  | { page: 'sweep'; id: number }
  | { page: 'sweep-plan'; id?: number }
  | { page: 'class'; classId: number }
  | { page: 'pair'; classId: number; pairRowId: number }
  | { page: 'search' }
  | { page: 'in-out' }
  | { page: 'own-classes'; suiteId?: number }
  | { page: 'glossary'; term?: string };

/** Where Escape leads when there is no way back. */
function above(place: Place): Place | null {
  switch (place.page) {
    case 'pair':
      return { page: 'class', classId: place.classId };
    case 'class':
      return { page: 'atlas' };
    case 'run':
    case 'new-run':
    case 'compare-runs':
      return { page: 'runs' };
    case 'experiment':
      return { page: 'hypothesis' };
    case 'sweep':
    case 'sweep-plan':
      return { page: 'sweeps' };
    default:
      return null;
  }
}

class Route {
  here = $state.raw<Place>({ page: 'atlas' });
  #past = $state.raw<Place[]>([]);
  #future = $state.raw<Place[]>([]);

  get canGoBack(): boolean {
    return this.#past.length > 0 || above(this.here) !== null;
  }

  go(place: Place): void {
    if (samePlace(place, this.here)) return;
    this.#past = [...this.#past, this.here];
    this.#future = [];
    this.here = place;
  }

  /** Moves sideways (the next pair) without lengthening the way back. */
  replace(place: Place): void {
    this.here = place;
  }

  back(): void {
    const place = this.#past.at(-1) ?? above(this.here);
    if (!place) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.here, ...this.#future];
    this.here = place;
  }

  forward(): void {
    const place = this.#future[0];
    if (!place) return;
    this.#past = [...this.#past, this.here];
    this.#future = this.#future.slice(1);
    this.here = place;
  }

  /** A fresh start, in a project just opened. */
  reset(place: Place): void {
    this.#past = [];
    this.#future = [];
    this.here = place;
  }
}

const samePlace = (a: Place, b: Place): boolean => placeKey(a) === placeKey(b);

/** A name for what a place shows: the same place has the same name. */
export function placeKey(place: Place): string {
  switch (place.page) {
    case 'run':
      return `run/${place.runId}`;
    case 'experiment':
      return `experiment/${place.id}`;
    case 'sweep':
      return `sweep/${place.id}`;
    case 'sweep-plan':
      return `sweep-plan/${place.id ?? ''}`;
    case 'class':
      return `class/${place.classId}`;
    case 'pair':
      return `pair/${place.classId}/${place.pairRowId}`;
    case 'glossary':
      return `glossary/${place.term ?? ''}`;
    default:
      return place.page;
  }
}

export const route = new Route();
