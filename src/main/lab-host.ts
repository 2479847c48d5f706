// Holds the lab, an Electron utility process: calls go in, replies and events come out. When it dies,
// what waits for it fails with `lab-gone`, and it is started once more with the same project.
import { utilityProcess, type UtilityProcess } from 'electron';
import type { labServes, Params, Result } from '../shared/api.ts';
import type { Emit, EventName, Events } from '../shared/events.ts';
import { AppError, type Reply } from '../shared/errors.ts';
import { log } from './log.ts';

type Serves = typeof labServes;

/** What the lab process sends. */
type FromLab =
  | { id: number; reply: Reply<unknown> }
  | { [E in EventName]: { event: E; payload: Events[E] } }[EventName];

/** A lab that dies sooner than this after its start is not started again. */
const shortestLifeMs = 60_000;

export interface LabHostOptions {
  /** The lab process's entry file. */
  entry: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  emit: Emit;
}

export class LabHost {
  readonly #options: LabHostOptions;
  readonly #pending = new Map<number, (reply: Reply<unknown>) => void>();
  #process: UtilityProcess | null = null;
  #startedAtMs = 0;
  #restarted = false;
  #nextId = 1;
  #openPath: string | null = null;
  #stopping = false;

  constructor(options: LabHostOptions) {
    this.#options = options;
    this.#start();
  }

  /** Forwards a call as it is; the lab checks its name and parameters. */
  forward(name: string, params: unknown): Promise<Reply<unknown>> {
    const lab = this.#process;
    if (lab === null) return Promise.resolve({ ok: false, error: gone() });
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      lab.postMessage({ id, name, params });
    });
  }

  /** Calls the lab on the shell's own behalf; failures are thrown. */
  async call<N extends keyof Serves>(
    name: N,
    params: Params<Serves, N>,
  ): Promise<Result<Serves, N>> {
    const reply = await this.forward(name, params);
    if (!reply.ok) throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
    return reply.value as Result<Serves, N>;
  }

  /** Opens or makes the project at `path`, and remembers it for a restart of the lab. */
  async open(how: 'project.open' | 'project.create', path: string) {
    const project = await this.call(how, { path });
    this.#openPath = path;
    return project;
  }

  async close(): Promise<null> {
    this.#openPath = null;
    return this.call('project.close', {});
  }

  /** Lets the lab put its project in order, then ends it; waits at most `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    const lab = this.#process;
    this.#stopping = true;
    if (lab === null) return;
    const patience = new Promise((resolve) => setTimeout(resolve, patienceMs));
    await Promise.race([this.forward('project.close', {}), patience]);
    lab.kill();
  }

  #start(): void {
    const { entry, args, env, emit } = this.#options;
    const lab = utilityProcess.fork(entry, args, { serviceName: 'Gardenpath lab', env });
    this.#process = lab;
    this.#startedAtMs = Date.now();
    lab.on('message', (message: FromLab) => {
      if ('event' in message) return emit(message.event, message.payload as never);
      this.#pending.get(message.id)?.(message.reply);
      this.#pending.delete(message.id);
    });
    lab.once('exit', (code) => this.#died(code));
  }

  #died(code: number): void {
    this.#process = null;
    for (const resolve of this.#pending.values()) resolve({ ok: false, error: gone() });
    this.#pending.clear();
    if (this.#stopping) return;

    const restarting = !this.#restarted || Date.now() - this.#startedAtMs > shortestLifeMs;
    log(`the lab process exited with code ${code}`);
    this.#options.emit('lab.died', { restarting, message: 'The lab process ended unexpectedly.' });
    if (!restarting) return;
    this.#restarted = true;
    this.#start();
    if (this.#openPath !== null) void this.#reopen(this.#openPath);
  }

  async #reopen(path: string): Promise<void> {
    const reply = await this.forward('project.open', { path });
    if (reply.ok) return;
    this.#openPath = null;
    log(`could not reopen the project: ${reply.error.message}`);
    this.#options.emit('project.changed', null);
  }
}

function gone() {
  return {
    code: 'lab-gone' as const,
    message:
      'The lab process is not running, so this was not done. Close Gardenpath and open it again.',
  };
}
