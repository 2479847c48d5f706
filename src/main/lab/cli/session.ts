// A command's way to the lab: the project opened, calls that throw, failures told by exit codes.
import os from 'node:os';
import path from 'node:path';
import type { labServes, Params, Result } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EventName, Events } from '../../../shared/events.ts';
import { createLab } from '../handlers/create-lab.ts';
import { say } from './print.ts';

type Serves = typeof labServes;

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {}

export interface Session {
  call<N extends keyof Serves>(name: N, params: Params<Serves, N>): Promise<Result<Serves, N>>; // prettier-ignore
  /** Tells the listener what the lab emits, until the session ends. */
  listen(listener: <E extends EventName>(event: E, payload: Events[E]) => void): void;
}

/** Caches that outlive a project: beside set-up's. */
export function stateFolder(env = process.env): string {
  const cache = env['GARDENPATH_CACHE'] ?? path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'gardenpath'); // prettier-ignore
  return path.join(path.resolve(cache), 'lab');
}

/** Runs `work` beside a lab, which is closed afterwards whatever happens. */
export async function withLab<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const listeners: Parameters<Session['listen']>[0][] = [];
  const lab = createLab({
    stateDir: stateFolder(),
    startQueued: false,
    emit: (event, payload) => listeners.forEach((listener) => listener(event, payload)),
  });
  try {
    return await work({
      async call(name, params) {
        const reply = await lab.call(name, params);
        if (!reply.ok)
          throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
        return reply.value as Result<Serves, typeof name>;
      },
      listen: (listener) => void listeners.push(listener),
    });
  } finally {
    await lab.close();
  }
}

/** The same with a project open; says where it is open to read only. */
export function withProject<T>(folder: string, work: (session: Session) => Promise<T>): Promise<T> {
  return withLab(async (session) => {
    const { readOnly, readOnlyReason } = await session.call('project.open', { path: folder });
    if (readOnly) say(readOnlyReason ?? 'This project is open to read only.');
    return work(session);
  });
}
