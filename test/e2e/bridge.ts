// Calls through the window's own bridge, for what no button does.
import type { Page } from '@playwright/test';
import type { Reply } from '../../src/shared/errors.ts';

export interface Bridge {
  call(name: unknown, params?: unknown): Promise<Reply<unknown>>;
  on(name: unknown, listener: unknown): () => void;
}

export function call(page: Page, name: unknown, params?: unknown): Promise<Reply<unknown>> {
  return page.evaluate(
    ([name, params]) => (window as unknown as { gardenpath: Bridge }).gardenpath.call(name, params),
    [name, params],
  );
}

/** A call with what this JSON says: as text, it reaches the window as it is, whatever its keys are named. */
export function callWithJson(page: Page, name: string, json: string): Promise<Reply<unknown>> {
  return page.evaluate(
    ([name, json = '']) => (window as unknown as { gardenpath: Bridge }).gardenpath.call(name, JSON.parse(json)), // prettier-ignore
    [name, json],
  );
}

/** The value of a call that succeeds; throws where it fails. */
export async function value<T>(page: Page, name: string, params: unknown = {}): Promise<T> {
  const reply = await call(page, name, params);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`);
  return reply.value as T;
}
