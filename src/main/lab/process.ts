// Entry of the lab as an Electron utility process, started with the folder for its state.
// In: {id, name, params}. Out: {id, reply} and {event, payload}. No Electron is imported.
import { createLab } from './index.ts';

/** Electron's `process.parentPort`, as far as it is used. */
interface ParentPort {
  on(event: 'message', listener: (message: { data: CallMessage }) => void): void;
  postMessage(message: unknown): void;
}
interface CallMessage {
  id: number;
  name: string;
  params: unknown;
}

const port = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
const stateDir = process.argv[2];
if (!port || stateDir === undefined) throw new Error('This is started by the app, with the folder for its state.'); // prettier-ignore

const lab = createLab({
  stateDir,
  startQueued: true,
  emit: (event, payload) => port.postMessage({ event, payload }),
});
port.on('message', ({ data: { id, name, params } }: { data: CallMessage }) => {
  void lab.call(name, params).then((reply) => port.postMessage({ id, reply }));
});
