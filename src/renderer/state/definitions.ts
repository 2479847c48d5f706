// The definitions that Stuck, Hypothesis and the report work by: one set, kept over restarts.
import { z } from 'zod';
import { EntrenchmentRule, ShapeRule } from '../../shared/trajectories.ts';
import { setting } from './memory.svelte.ts';

export const Definitions = z.strictObject({
  rule: EntrenchmentRule.prefault({}),
  shapeRule: ShapeRule.prefault({}),
});
export type Definitions = z.infer<typeof Definitions>;
export const defaultDefinitions = Definitions.parse({});

/** As JSON, so that addresses carry it; empty: the defaults. */
const stored = setting<string>('stuck.rule', '');

/** Those that hold now; what cannot be read are the defaults. */
export function definitions(): Definitions {
  if (stored.value === '') return defaultDefinitions;
  try {
    return Definitions.catch(defaultDefinitions).parse(JSON.parse(stored.value));
  } catch {
    return defaultDefinitions;
  }
}

export function define(next: Definitions): void {
  const text = JSON.stringify(next);
  stored.value = text === JSON.stringify(defaultDefinitions) ? '' : text;
}
