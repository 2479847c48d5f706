// What a page looks like when one comes back to it (scroll, sort, filter, cursor), and what outlives a restart.

const pages = new Map<string, { value: object; forget: () => void }>();

/** What `make` made the first time this key was asked for, as long as the project is open. */
export function keep<T extends object>(key: string, make: () => T): T {
  const kept = pages.get(key);
  if (kept) return kept.value as T;
  let value!: T;
  // Under a root of its own: else what is derived in it would stand still once the page is left that asked first.
  const forget = $effect.root(() => {
    value = make();
  });
  pages.set(key, { value, forget });
  return value;
}

/** A page's own state, as it was when one left it; `initial` the first time. */
export function remember<T extends object>(key: string, initial: T): T {
  return keep(key, () => {
    const state = $state(initial);
    return state;
  });
}

/** Another project has other classes and runs. */
export function forgetPages(): void {
  for (const { forget } of pages.values()) forget();
  pages.clear();
}

/** A setting that outlives a restart of the app. */
export interface Setting<T extends string> {
  value: T;
}
interface Known extends Setting<string> {
  initial: string;
  takes: (value: string) => boolean;
}
const settings = new Map<string, Known>();

/** The setting of this name, the same one everywhere; one of `allowed` where given, else any text. */
export function setting<T extends string>(
  key: string,
  initial: T,
  allowed?: readonly T[],
): Setting<T> {
  const known = settings.get(key);
  if (known) return known as unknown as Setting<T>;
  const takes = (text: string): boolean => !allowed || (allowed as readonly string[]).includes(text); // prettier-ignore
  const stored = localStorage.getItem(key);
  let value = $state<string>(stored !== null && takes(stored) ? stored : initial);
  const fresh: Known = {
    initial,
    takes,
    get value() {
      return value;
    },
    set value(next: string) {
      value = next;
      localStorage.setItem(key, next);
    },
  };
  settings.set(key, fresh);
  return fresh as unknown as Setting<T>;
}

/** Those settings of a page (`atlas.sort`, …) that are not as they are at first, by their last name. */
export function settingsOf(page: string): Record<string, string> {
  const own = [...settings].filter(([key, { value, initial }]) => key.startsWith(`${page}.`) && value !== initial); // prettier-ignore
  return Object.fromEntries(own.map(([key, { value }]) => [key.slice(page.length + 1), value]));
}

/** Sets all settings of a page: to these values, and to what they are at first where none is given. */
export function setSettingsOf(page: string, values: Record<string, string>): void {
  const named = Object.keys(values).map((name) => `${page}.${name}`);
  for (const key of new Set([...settings.keys(), ...Object.keys(localStorage), ...named])) {
    if (!key.startsWith(`${page}.`)) continue;
    const known = settings.get(key);
    const next = values[key.slice(page.length + 1)];
    // A page that was not there yet reads its settings, and checks them, when it comes.
    if (!known) {
      if (next === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    } else if (known.takes(next ?? known.initial)) known.value = next ?? known.initial;
  }
}
