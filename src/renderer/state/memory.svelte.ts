// What a page looks like when one comes back to it (scroll, sort, filter, cursor), and what outlives a restart.

const pages = new Map<string, object>();

/** What `make` made the first time this key was asked for, as long as the project is open. */
export function keep<T extends object>(key: string, make: () => T): T {
  const kept = pages.get(key);
  if (kept) return kept as T;
  const fresh = make();
  pages.set(key, fresh);
  return fresh;
}

/** A page's own state, as it was when one left it; `initial` the first time. */
export function remember<T extends object>(key: string, initial: T): T {
  return keep(key, () => {
    const state = $state(initial);
    return state;
  });
}

/** Another project has other classes and runs. */
export const forgetPages = (): void => pages.clear();

/** A setting that outlives a restart of the app; one of `allowed` where given, else a string. */
export function setting<T extends string>(
  key: string,
  initial: T,
  allowed?: readonly T[],
): { value: T } {
  const stored = localStorage.getItem(key) as T | null;
  let value = $state<T>(
    stored !== null && (!allowed || allowed.includes(stored)) ? stored : initial,
  );
  return {
    get value() {
      return value;
    },
    set value(next: T) {
      value = next;
      localStorage.setItem(key, next);
    },
  };
}
