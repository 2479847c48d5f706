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
