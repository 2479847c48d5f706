// The bridge to the lab and the shell, typed by the contract.
import type { windowApi, Params, Result } from '../shared/api.ts';
import { AppError, type Reply } from '../shared/errors.ts';
import type { EventName, Events } from '../shared/events.ts';

type Api = typeof windowApi;

declare global {
  interface Window {
    gardenpath: {
      call(name: string, params: unknown): Promise<Reply<unknown>>;
      on(event: string, listener: (payload: never) => void): () => void;
    };
  }
}

/** Calls a method of the lab or the shell; throws an AppError where the reply is one. */
export async function call<N extends keyof Api>(
  name: N,
  ...[params]: Record<string, never> extends Params<Api, N> ? [Params<Api, N>?] : [Params<Api, N>]
): Promise<Result<Api, N>> {
  // A snapshot: Svelte's reactive proxies cannot cross a process boundary.
  const reply = await window.gardenpath.call(name, plain(params ?? {}));
  if (!reply.ok) throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
  return reply.value as Result<Api, N>;
}

/** Listens to an event; returns what stops listening. */
export function on<E extends EventName>(
  event: E,
  listener: (payload: Events[E]) => void,
): () => void {
  return window.gardenpath.on(event, listener);
}

/** Plain data out of reactive proxies; parameters are small. */
function plain(params: unknown): unknown {
  return JSON.parse(JSON.stringify(params));
}
