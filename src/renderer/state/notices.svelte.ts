// Short messages at the foot of the window: what failed and what to do, or what was undone.
import { asAppError } from './resource.svelte.ts';

export interface Notice {
  id: number;
  kind: 'said' | 'failed';
  text: string;
  detail: string | undefined;
}

class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  /** Says something that needs no answer; it goes by itself. */
  say(text: string): void {
    const notice = this.#add('said', text, undefined);
    setTimeout(() => this.dismiss(notice.id), 5_000);
  }

  /** Shows a failure until it is dismissed. */
  failed(text: string, detail?: string): void {
    this.#add('failed', text, detail);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(kind: Notice['kind'], text: string, detail: string | undefined): Notice {
    const notice = { id: this.#next++, kind, text, detail };
    // The same message again replaces the old one instead of piling up.
    this.list = [...this.list.filter((old) => old.text !== text), notice].slice(-4);
    return notice;
  }
}

export const notices = new Notices();

/** Awaits an action; its failure becomes a notice and the answer undefined. */
export async function attempt<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.code !== 'cancelled') notices.failed(error.message, error.detail);
    return undefined;
  }
}
