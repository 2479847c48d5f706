// A plan as a person writes it: YAML or JSON, read with the line and field of whatever is wrong with it, and written.
import { dump, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { SweepPlan, sweepPlanSchema, type PlanProblem } from '../../../shared/sweeps.ts';
import { readYaml, type FieldPath, type YamlText } from './yaml-lines.ts';

export interface ReadPlan {
  /** null: there are problems. */
  plan: SweepPlan | null;
  problems: PlanProblem[];
  lineOf: YamlText['lineOf'];
}

export function readPlan(text: string): ReadPlan {
  let yaml: YamlText;
  try {
    yaml = readYaml(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark as typeof error.mark | undefined)?.line;
    const problem = { line: line === undefined ? null : line + 1, field: 'the plan', message: `it is no YAML: ${error.reason}` }; // prettier-ignore
    return { plan: null, problems: [problem], lineOf: () => null };
  }
  const { lineOf } = yaml;
  const read = SweepPlan.safeParse(yaml.value ?? {});
  if (read.success) return { plan: read.data, problems: [], lineOf };
  const problems = read.error.issues.flatMap(problemsOf).map(({ path, message }) => ({ line: lineOf(path), field: fieldName(path), message })); // prettier-ignore
  return { plan: null, problems, lineOf };
}

/** `axes.seed, value 2` */
export const fieldName = (path: FieldPath): string =>
  path.map((key) => (typeof key === 'number' ? `, value ${key + 1}` : `.${String(key)}`)).join('').slice(1) || 'the plan'; // prettier-ignore

/** As one says it: `line 4, axes.seed: …`. */
export const problemText = ({ line, field, message }: PlanProblem): string =>
  `${line === null ? '' : `line ${line}, `}${field}: ${message}`;

function problemsOf(issue: z.core.$ZodIssue): { path: FieldPath; message: string }[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(path, key) })); // prettier-ignore
  if (issue.code === 'invalid_type' && message.endsWith('received undefined')) return [{ path, message: 'it is missing' }]; // prettier-ignore
  return [{ path, message: message.replace(/^Invalid input: /, '') }];
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
}

/** Names those that begin alike, else all that there are. */
function unknownField(around: FieldPath, name: string): string {
  let schema: JsonSchema | undefined = sweepPlanSchema();
  for (const key of around) schema = schema?.properties?.[String(key)];
  const all = Object.keys(schema?.properties ?? {});
  const alike = all.filter((one) => one.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()); // prettier-ignore
  return `there is no such field. ${alike.length > 0 ? `Did you mean ${alike.join(' or ')}?` : `There are: ${all.join(', ')}.`}`; // prettier-ignore
}

/** A plan as a text, without what it leaves to the defaults. */
export function planText(plan: SweepPlan): string {
  const defaults = SweepPlan.parse({ name: plan.name });
  const resources = unlike(plan.resources, defaults.resources);
  const { name } = plan;
  const written = { name, ...unlike({ ...plan, resources }, { ...defaults, resources: {} }) };
  return dump(written, { flowLevel: 2, lineWidth: -1, noRefs: true });
}

/** Of an object what is not the same in another. */
const unlike = (one: object, other: object): object => {
  const same = new Map<string, unknown>(Object.entries(other));
  return Object.fromEntries(Object.entries(one).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(same.get(key)))); // prettier-ignore
};

/** A plan to begin with: three seeds of a small model, on each of two texts. */
export const examplePlan = ({
  corpora,
  suite,
}: {
  corpora: readonly string[];
  suite: string;
}): string => `# Every field: docs/sweeps.md
${dump({ name: 'text and seed', preset: 'nano', suites: [suite], set: { totalSteps: 400 }, axes: { corpus: corpora, seed: [1, 2, 3] } }, { flowLevel: 2, lineWidth: -1 })}`;
