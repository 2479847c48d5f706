// Which run, suite, profile, checkpoint and class a command is about.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { SuiteClass, SuiteInfo } from '../../../shared/domain.ts';
import {
  PartMethod,
  wholeProfileName,
  type ScoringMethod,
} from '../../../shared/scoring-method.ts';
import { UsageError, type Session } from './session.ts';

export interface Choices {
  run?: number;
  suite?: string;
  profile?: string;
  method?: ScoringMethod;
  checkpoint?: number | 'last';
}

export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Give a whole number from ${least} up.`);
    return value;
  };

export const withChoices = (command: Command): Command =>
  command
    .option('--run <run>', 'number of the run; the latest scored one where left out', whole(1))
    .option('--suite <name>', 'name of the suite; the run’s only one where left out')
    .option('--profile <name>', 'name of the scoring profile; the only one where left out')
    .addOption(new Option('--method <method>', 'whole sentences, or the parts that the suite marks').choices(['sentence', ...PartMethod.options])) // prettier-ignore
    .option('--checkpoint <step>', 'step of the checkpoint, or last', (text) => (text === 'last' ? text : whole(0)(text)), 'last'); // prettier-ignore

/**
 * The choices as the lab wants them.
 * @throws UsageError where a suite or profile is left out and there are several
 */
export async function selectionOf(session: Session, choices: Choices) {
  const runs = await session.call('runs.list', {});
  const runId = choices.run ?? (await latestScored(session, runs.map((run) => run.id))); // prettier-ignore
  if (runId === undefined) return {};
  const { scored } = await session.call('runs.get', { runId });
  const suites = await session.call('suites.list', {});
  const suiteId = choices.suite === undefined ? undefined : suiteNamed(suites, choices.suite).id;
  const fitting = scored.filter(
    (s) =>
      (suiteId === undefined || s.suiteId === suiteId) &&
      (choices.profile === undefined ||
        s.profile === choices.profile ||
        wholeProfileName(s.profile, s.method) === choices.profile) && // prettier-ignore
      (choices.method === undefined || s.method === choices.method),
  );
  onlyOne('suite', new Set(fitting.map((s) => s.suiteName)));
  onlyOne('profile', new Set(fitting.map((s) => wholeProfileName(s.profile, s.method))));
  const step = choices.checkpoint === 'last' ? undefined : choices.checkpoint;
  const [first] = fitting;
  if (choices.method !== undefined && !first) throw noMethod(choices.method, scored);
  return { runId, suiteId: choices.method === undefined ? suiteId : first?.suiteId, profile: choices.method === undefined ? choices.profile : first?.profile, step }; // prettier-ignore
}

/** The methods that a run's scores are there by. */
function noMethod(method: ScoringMethod, scored: readonly { method: ScoringMethod }[]): UsageError {
  const known = [...new Set(scored.map((s) => s.method))].join(', ') || 'none';
  return new UsageError(`This run has no scores by the method ${method}. It has: ${known}. A suite that marks no parts has whole sentences only.`); // prettier-ignore
}

async function latestScored(session: Session, runIds: number[]): Promise<number | undefined> {
  for (const runId of runIds)
    if ((await session.call('runs.get', { runId })).scored.length) return runId;
  return runIds[0];
}

function onlyOne(what: 'suite' | 'profile', names: Set<string>): void {
  if (names.size > 1)
    throw new UsageError(`This run has scores of several ${what}s. Choose one: --${what} ${[...names].map((n) => JSON.stringify(n)).join(` | --${what} `)}`); // prettier-ignore
}

/** By name, letter case aside. */
export function suiteNamed(suites: readonly SuiteInfo[], name: string): SuiteInfo {
  const found = suites.find((suite) => suite.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const known = suites.map((suite) => suite.name).join(', ') || 'none';
  throw new UsageError(`This project has no suite “${name}”. It has: ${known}.`);
}

/** The class of that UID, letter case aside; `suite` says which where UIDs recur. */
export async function classWithUid(
  session: Session,
  uid: string,
  suite: string | undefined,
): Promise<SuiteClass & { suiteName: string }> {
  const all = await session.call('suites.list', {});
  const suites = suite === undefined ? all : [suiteNamed(all, suite)];
  const found: (SuiteClass & { suiteName: string })[] = [];
  for (const { id: suiteId, name: suiteName } of suites)
    for (const one of await session.call('suites.classes', { suiteId }))
      if (one.uid.toLowerCase() === uid.toLowerCase()) found.push({ ...one, suiteName });
  const [first] = found;
  if (!first) throw new UsageError(`This project has no class “${uid}”. “gardenpath classes” lists them.`); // prettier-ignore
  if (found.length > 1)
    throw new UsageError(`Several suites have a class “${uid}”. Choose one: --suite ${found.map((c) => JSON.stringify(c.suiteName)).join(' | --suite ')}`); // prettier-ignore
  return first;
}
