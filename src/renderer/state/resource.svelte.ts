// A question to the lab that is asked again whenever what it depends on changes.
import { untrack } from 'svelte';
import { AppError } from '../../shared/errors.ts';

/**
 * The answer to `load`, which is re-asked when the state it reads synchronously changes (null: nothing
 * to ask). The last answer stays visible meanwhile. Answers that come out of order never replace newer
 * ones, yet none waits for a later one, so scrubbing shows every answer as it comes.
 * Create it where effects may be created: in a component or inside `$effect.root`.
 */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<AppError | null>(null);
  loading = $state(true);
  #version = $state(0);
  #asked = 0;
  #shown = 0;

  constructor(load: () => Promise<T> | null) {
    $effect(() => {
      void this.#version;
      const answer = load();
      untrack(() => this.#follow(answer));
    });
  }

  /** Asks again. */
  reload = (): void => {
    this.#version = untrack(() => this.#version) + 1;
  };

  /** Forgets the answer, and those on their way. */
  clear(): void {
    this.#shown = ++this.#asked;
    this.value = undefined;
    this.error = null;
  }

  #follow(answer: Promise<T> | null): void {
    const number = ++this.#asked;
    const show = (value: T | undefined, error: AppError | null): void => {
      if (number === this.#asked) this.loading = false;
      if (number < this.#shown) return;
      this.#shown = number;
      if (!error) this.value = value;
      this.error = error;
    };
    if (!answer) return show(undefined, null);
    this.loading = true;
    answer.then(
      (value) => show(value, null),
      (error: unknown) => show(undefined, asAppError(error)),
    );
  }
}

/** Any thrown thing as an error with a message for people. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', error instanceof Error ? error.message : String(error));
}
