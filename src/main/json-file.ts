// Small JSON files of the shell's own (recent projects, window bounds): damage costs the content only.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** The file's content where it can be read and fits the schema, else the fallback. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, fallback: T): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return fallback; // missing or damaged: the next write replaces it
  }
}

/** Writes all or nothing: a reader sees the old content or the new. */
export function writeJsonFile(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, JSON.stringify(value, null, 2));
  renameSync(draft, path);
}
