// YAML with the line on which each of its fields stands, so that what is wrong with one can be shown there.
import { load, type EventType, type State } from 'js-yaml';

/** Where in a document something is: `['axes', 'seed', 2]`. */
export type FieldPath = readonly PropertyKey[];

export interface YamlText {
  value: unknown;
  /** The line (from 1) of a field, or of the innermost one around it that there is; null: of none. */
  lineOf: (field: FieldPath) => number | null;
}

/** What the reader found within a mapping or a list, in the order of the text. */
interface Found {
  line: number;
  kind: string;
  value: unknown;
  inside: Found[];
}

/** @throws YAMLException */
export function readYaml(text: string): YamlText {
  const around: Found[] = [];
  const lines = new Map<object, Map<PropertyKey, number>>();
  const listener = (event: EventType, state: State): void => {
    if (event === 'open') return void around.push({ line: state.line + 1, kind: '', value: null, inside: [] }); // prettier-ignore
    const one = around.pop();
    if (!one) return;
    Object.assign(one, { kind: state.kind, value: state.result as unknown });
    around.at(-1)?.inside.push(one);
    if (typeof one.value === 'object' && one.value !== null) lines.set(one.value, linesOf(one.value, one.inside)); // prettier-ignore
  };
  const value: unknown = load(text, { listener }); // JSON is YAML
  const lineOf = (field: FieldPath): number | null => {
    let [at, line]: [unknown, number | null] = [value, null];
    for (const key of field) {
      if (typeof at !== 'object' || at === null) break;
      line = lines.get(at)?.get(key) ?? line;
      at = (at as Record<PropertyKey, unknown>)[key];
    }
    return line;
  };
  return { value, lineOf };
}

/** Of each key of a mapping, or of each place of a list. */
function linesOf(value: object, inside: readonly Found[]): Map<PropertyKey, number> {
  if (Array.isArray(value)) return new Map(value.length === inside.length ? inside.map(({ line }, i) => [i, line]) : []); // prettier-ignore
  const lines = new Map<PropertyKey, number>();
  let next = 0;
  for (const [key, of] of Object.entries(value)) {
    const at = inside.findIndex((one, i) => i >= next && one.kind === 'scalar' && String(one.value) === key); // prettier-ignore
    if (at < 0) continue;
    lines.set(key, inside[at]?.line ?? 1);
    // After a key comes its value; one that is left empty may not have been read at all.
    next = at + (of === null && inside[at + 1]?.value !== null ? 1 : 2);
  }
  return lines;
}
