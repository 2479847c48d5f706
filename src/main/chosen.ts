// What a person chose in the system's dialogs. The window gets an id and names; whole paths stay here.
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../shared/errors.ts';
import type { ChosenFiles } from '../shared/exchange.ts';

const keep = 20;

export class Chosen {
  readonly #paths = new Map<string, string[]>();

  /** Keeps the paths; the oldest are forgotten. */
  add(paths: string[]): ChosenFiles {
    const id = randomUUID();
    this.#paths.set(id, paths);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > keep && oldest !== undefined) this.#paths.delete(oldest);
    return { id, names: paths.map((path) => basename(path)) };
  }

  /** @throws AppError 'not-found' */
  pathsOf(id: string): string[] {
    const paths = this.#paths.get(id);
    if (paths) return paths;
    throw new AppError('not-found', 'What was chosen is no longer known. Choose it again.');
  }

  /** @throws AppError 'not-found' */
  pathOf(id: string): string {
    return this.pathsOf(id)[0] ?? '';
  }
}
