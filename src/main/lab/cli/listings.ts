// Commands that list: runs, checkpoints, classes, pairs, the engine.
import type { Command } from 'commander';
import { countSeen } from '../../../shared/count-seen.ts';
import type { PairRow, PairTokensRow } from '../../../shared/domain.ts';
import { classWithUid, selectionOf, whole, withChoices, type Choices } from './choose.ts';
import { print, printJson, printList } from './print.ts';
import { withLab, withProject, type Session } from './session.ts';

interface Json {
  json?: boolean;
}

export function addListings(program: Command): void {
  program
    .command('engine')
    .description('say which TensorFlow computes here')
    .option('--json', 'as one JSON document')
    .action((options: Json) =>
      withLab(async (session) => {
        const info = await session.call('engine.info', {});
        if (options.json) return printJson(info);
        print(`TensorFlow ${info.tensorflowVersion} on ${info.device} (${info.deviceName}, ${info.threads} threads), from ${info.origin}`); // prettier-ignore
      }),
    );

  program
    .command('runs')
    .description('list the runs of a project, newest first')
    .argument('<project>', 'project folder')
    .option('--json', 'as one JSON document')
    .action((project: string, options: Json) =>
      withProject(project, async (session) => {
        const runs = await session.call('runs.list', {});
        const columns = options.json
          ? runs
          : runs.map(({ id, name, state, step, totalSteps, tokensSeen, wordsSeen, lossNats, checkpoints, stage, error }) =>
              ({ id, name, state, step, totalSteps, tokensSeen: countSeen(tokensSeen, step), wordsSeen: countSeen(wordsSeen, step), lossNats, checkpoints, stage: error ?? stage })); // prettier-ignore
        printList(columns, options, 'This project has no runs yet.');
      }),
    );

  program
    .command('checkpoints')
    .description('list the checkpoints of a run')
    .argument('<project>', 'project folder')
    .requiredOption('--run <run>', 'number of the run', whole(1))
    .option('--json', 'as one JSON document')
    .action((project: string, options: Json & { run: number }) =>
      withProject(project, async (session) => {
        const rows = await session.call('checkpoints.list', { runId: options.run });
        printList(rows, options, `Run ${options.run} has no checkpoints yet.`);
      }),
    );

  withChoices(program.command('classes'))
    .description('list the classes of a suite with their accuracy at a checkpoint')
    .argument('<project>', 'project folder')
    .option('--json', 'as one JSON document')
    .action((project: string, options: Json & Choices) =>
      withProject(project, async (session) => {
        const { classes } = await session.call('classes.list', await selectionOf(session, options));
        const rows = classes.map(({ uid, field, phenomenon, pairs, right, ties, accuracy, low, high, meanDelta }) =>
          ({ uid, field, phenomenon, pairs, right, ties, accuracy, low, high, meanDelta })); // prettier-ignore
        printList(rows, options, 'No class has scores.');
      }),
    );

  withChoices(program.command('pairs'))
    .description('list the pairs of a class with their scores at a checkpoint')
    .argument('<project>', 'project folder')
    .requiredOption('--class <uid>', 'UID of the class')
    .option('--tokens', 'with every scored token and its log-prob')
    .option('--json', 'as one JSON document')
    .action((project: string, options: Json & Choices & { class: string; tokens?: boolean }) =>
      withProject(project, async (session) => {
        const rows = await allPairs(session, options);
        const listed = rows.map(({ pairId, good, bad, goodLogProbNats, badLogProbNats, delta, tokens }) => ({
          ...{ pairId, good, bad, goodLogProbNats, badLogProbNats, delta },
          ...(tokens && withTokens(tokens, options.json)),
        })); // prettier-ignore
        printList(listed, options, 'No pair of this class has scores.');
      }),
    );
}

const page = 1_000;

/** Pairs in the order of the suite. */
async function allPairs(
  session: Session,
  options: Choices & { class: string; tokens?: boolean },
): Promise<(PairRow & { tokens?: PairTokensRow })[]> {
  const selection = await selectionOf(session, options);
  const { classId } = await classWithUid(session, options.class, await suiteOf(session, options));
  const rows: (PairRow & { tokens?: PairTokensRow })[] = [];
  for (let total = Infinity; rows.length < total;) {
    const found = await session.call('pairs.page', { ...selection, classId, sort: 'pairId', offset: rows.length, limit: page }); // prettier-ignore
    total = found.total;
    if (!options.tokens) rows.push(...found.rows);
    else {
      const pairRowIds = found.rows.map((row) => row.pairRowId);
      const tokens = await session.call('pairs.tokens', { ...selection, classId, pairRowIds });
      const byPair = new Map(tokens.map((row) => [row.pairRowId, row]));
      rows.push(...found.rows.map((row) => ({ ...row, tokens: byPair.get(row.pairRowId) as PairTokensRow }))); // prettier-ignore
    }
  }
  return rows;
}

/** The suite named, else the one that the run chosen was scored under, so that a UID means its class. */
async function suiteOf(session: Session, options: Choices): Promise<string | undefined> {
  if (options.suite !== undefined) return options.suite;
  const { runId, profile } = await selectionOf(session, options);
  if (runId === undefined) return undefined;
  const { scored } = await session.call('runs.get', { runId });
  return scored.find((s) => profile === undefined || s.profile === profile)?.suiteName;
}

/** In a table, tokens stand in one cell. */
function withTokens(row: PairTokensRow, json: boolean | undefined) {
  const { goodTokens, badTokens, goodTokenLogProbsNats, badTokenLogProbsNats } = row;
  if (json) return { goodTokens, badTokens, goodTokenLogProbsNats, badTokenLogProbsNats };
  const numbers = (nats: number[]): string => nats.map((n) => n.toFixed(3)).join(' ');
  return {
    goodTokens: goodTokens.join(' '),
    badTokens: badTokens.join(' '),
    goodTokenLogProbsNats: numbers(goodTokenLogProbsNats),
    badTokenLogProbsNats: numbers(badTokenLogProbsNats),
  };
}
