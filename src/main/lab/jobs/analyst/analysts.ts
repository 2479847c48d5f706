// The lab's end of the analyst threads: classes are dealt out to them, questions go to all, answers are joined.
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../shared/errors.ts';
import type { HypothesisSide } from '../../../../shared/ngram.ts';
import type { Course, CourseQuestion } from '../../analysis/entrenchment/course.ts';
import type { ScoresOverTime } from '../../analysis/separation/separation.ts';
import type { AnalystAnswer, AnalystCommand, AnalystCommands, SeparationOfClasses } from './analyst.ts'; // prettier-ignore
import { workerEntry } from '../worker-entry.ts';

const entry = workerEntry(import.meta.url, 'analyst');

const mostThreads = 4;
/** Selections kept prepared: of all their checkpoints together, some 0.5 GB of draws for 67 classes. */
const mostKept = { selections: 3, checkpoints: 1_000 };

/**
 * Without it each thread's space for short-lived objects grows to 48 MB over an hour of clicking, and stays so; half of
 * that costs 3 % of processor time (bench/analysis.ts).
 */
const resourceLimits = { maxYoungGenerationSizeMb: 24 };

interface Pending {
  thread: Worker;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

export interface ClassToPrepare {
  classId: number;
  /** Without templates. */
  scores: ScoresOverTime;
  /** Of the same pairs: their templates are found in them. */
  sentences: { good: string; bad: string }[];
}

export class Analysts {
  private threads: Worker[] = [];
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  /** By key, the one asked for last at the end. */
  private readonly prepared = new Map<string, { done: Promise<void>; checkpoints: number }>();

  /**
   * Sees to it that a selection's classes are prepared; those already are not read again.
   * @param classes read one by one, so that the lab serves others in between
   * @param onPrepared told how many are, after each
   */
  prepare(
    key: string,
    steps: number[],
    classes: () => AsyncIterable<ClassToPrepare>,
    onPrepared: (done: number) => void,
  ): Promise<void> {
    const known = this.prepared.get(key) ?? {
      done: this.prepareAll(key, steps, classes(), onPrepared),
      checkpoints: steps.length,
    };
    known.done.catch(() => this.prepared.delete(key));
    this.prepared.delete(key);
    this.prepared.set(key, known);
    this.forgetOldest();
    return known.done;
  }

  private forgetOldest(): void {
    let checkpoints = 0;
    const newest = [...this.prepared].reverse();
    for (const [i, [key, kept]] of newest.entries()) {
      checkpoints += kept.checkpoints;
      if (i === 0 || (i < mostKept.selections && checkpoints <= mostKept.checkpoints)) continue;
      this.prepared.delete(key);
      void this.askAll('forget', { key });
    }
  }

  private async prepareAll(
    key: string,
    steps: number[],
    classes: AsyncIterable<ClassToPrepare>,
    onPrepared: (done: number) => void,
  ): Promise<void> {
    const threads = this.running();
    const work: Promise<void>[] = [];
    let done = 0;
    for await (const one of classes) {
      const thread = threads[work.length % threads.length] as Worker;
      const asked = this.ask(thread, 'prepare', { key, ...one, steps });
      work.push(asked.then(() => onPrepared(++done)));
    }
    await Promise.all(work);
  }

  /** Of a prepared selection; classes in no particular order. */
  courses(key: string, question: CourseQuestion): Promise<Course[]> {
    return this.askAll('courses', { key, question }).then((lists) => lists.flat());
  }

  /** Of a prepared selection at one of its checkpoints; classes in no particular order. */
  async separation(
    key: string,
    checkpoint: number,
    classId?: number,
  ): Promise<SeparationOfClasses> {
    const lists = await this.askAll('separation', { key, checkpoint, classId });
    return {
      rows: lists.flatMap(({ rows }) => rows),
      others: lists.flatMap(({ others }) => others),
    };
  }

  /** The hypothesis tested on one set of classes; sets asked for together go to threads of their own. */
  hypothesis(args: AnalystCommands['hypothesis']['args']): Promise<HypothesisSide> {
    const threads = this.running();
    return this.ask(threads[this.nextId % threads.length] as Worker, 'hypothesis', args);
  }

  /** Ends the threads and all that they keep. */
  async end(): Promise<void> {
    const { threads } = this;
    this.threads = [];
    this.prepared.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  private running(): Worker[] {
    const count = Math.min(mostThreads, os.availableParallelism());
    while (this.threads.length < count) this.threads.push(this.start());
    return this.threads;
  }

  private start(): Worker {
    const thread = new Worker(entry, { resourceLimits });
    thread.on('message', (answer: AnalystAnswer) => {
      const pending = this.pending.get(answer.id);
      this.pending.delete(answer.id);
      if (![...this.pending.values()].some((other) => other.thread === thread)) thread.unref();
      if ('result' in answer) return pending?.resolve(answer.result);
      const { code, message, detail } = answer.error;
      pending?.reject(new AppError(code, message, detail));
    });
    thread.on('error', (error: Error) => this.died(thread, error.stack ?? error.message));
    thread.on('exit', (code) => this.died(thread, `exit code ${code}`));
    return thread;
  }

  /** What one thread kept is lost, so all begin anew. */
  private died(thread: Worker, detail: string): void {
    if (this.threads.includes(thread)) void this.end();
    for (const [id, pending] of this.pending) {
      if (pending.thread !== thread) continue;
      this.pending.delete(id);
      pending.reject(new AppError('lab-gone', 'An analysis ended unexpectedly; it may lack memory. Ask for it again.', detail)); // prettier-ignore
    }
  }

  private askAll<C extends AnalystCommand>(
    command: C,
    args: AnalystCommands[C]['args'],
  ): Promise<AnalystCommands[C]['result'][]> {
    return Promise.all(this.threads.map((thread) => this.ask(thread, command, args)));
  }

  private ask<C extends AnalystCommand>(
    thread: Worker,
    command: C,
    args: AnalystCommands[C]['args'],
  ): Promise<AnalystCommands[C]['result']> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { thread, resolve: resolve as (result: unknown) => void, reject });
      thread.ref();
      thread.postMessage({ id, command, args });
    });
  }
}
