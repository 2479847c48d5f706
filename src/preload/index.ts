// The bridge: two functions are all that the window gets.
import { contextBridge, ipcRenderer } from 'electron';
import { eventNames, type EventName } from '../shared/events.ts';

const known: ReadonlySet<string> = new Set(eventNames);
const listeners = new Map<string, Set<(payload: unknown) => void>>();

ipcRenderer.on('event', (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

contextBridge.exposeInMainWorld('gardenpath', {
  /** Asks the shell or the lab; the answer is a Reply, never a throw. */
  call: (name: string, params: unknown): Promise<unknown> =>
    ipcRenderer.invoke('call', name, params),

  /** Listens to an event; the returned function ends it. */
  on(name: EventName, listener: (payload: unknown) => void): () => void {
    if (!known.has(name)) throw new Error(`There is no event ${String(name)}.`);
    const heard = listeners.get(name) ?? new Set();
    listeners.set(name, heard.add(listener));
    return () => heard.delete(listener);
  },
});
