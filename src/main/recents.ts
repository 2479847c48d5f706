// Recent projects. The window sees ids, names and shortened paths; whole paths stay here.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../shared/api.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const keep = 20;
const Entry = z.object({ id: z.string(), path: z.string().min(1), openedAtMs: z.number() });
type Entry = z.infer<typeof Entry>;

export class Recents {
  readonly #file: string;

  constructor(userData: string) {
    this.#file = join(userData, 'recent-projects.json');
  }

  #read(): Entry[] {
    return readJsonFile(this.#file, z.array(Entry), []);
  }

  /** Newest first. */
  list(): RecentProject[] {
    return this.#read().map(({ id, path, openedAtMs }) => ({
      id,
      name: basename(path),
      shownPath: shownPath(path),
      openedAtMs,
      exists: existsSync(join(path, 'project.sqlite')),
    }));
  }

  pathOf(id: string): string | null {
    return this.#read().find((entry) => entry.id === id)?.path ?? null;
  }

  /** Puts a project that was just opened at the head of the list. */
  add(path: string): void {
    const entries = this.#read();
    const id = entries.find((entry) => entry.path === path)?.id ?? randomUUID();
    const others = entries.filter((entry) => entry.path !== path);
    writeJsonFile(this.#file, [{ id, path, openedAtMs: Date.now() }, ...others].slice(0, keep));
  }

  /** Takes a project off the list; its files stay. */
  forget(id: string): void {
    writeJsonFile(
      this.#file,
      this.#read().filter((entry) => entry.id !== id),
    );
  }
}

/** A path as shown to a person: the home folder as `~`. */
export function shownPath(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
