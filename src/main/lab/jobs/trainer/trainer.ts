// Entry of the trainer thread: TensorFlow's calls block, so all of them are made here. Takes one
// command after another and answers each (messages.ts).
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReply } from '../../../../shared/errors.ts';
import { explained } from '../../store/failures.ts';
import { loadEngine } from '../../engine/index.ts';
import { AskingSession } from './asking-session.ts';
import { measure } from './measure.ts';
import {
  threadGone,
  type AnswerMessage,
  type CommandArgs,
  type CommandMessage,
  type CommandName,
  type CommandResult,
  type Notice,
  type ThreadData,
} from './messages.ts';
import { prepare } from './prepare.ts';
import { ScoringSession } from './scoring-session.ts';
import { TrainingSession } from './training-session.ts';

export interface Told {
  /** Whether the lab asked for the running command to stop. */
  stopped: () => boolean;
  tell: (notice: Notice, handOver?: ArrayBuffer[]) => void;
}

type Served = {
  [C in CommandName]: (
    args: CommandArgs<C>,
    told: Told,
  ) => CommandResult<C> | Promise<CommandResult<C>>;
};

const port = parentPort;
if (!port) throw new Error('The trainer runs as a worker thread of the lab.');
const stop = new Int32Array((workerData as ThreadData).stop);

let training: TrainingSession | null = null;
let scoring = new ScoringSession();
const asking = new AskingSession();

const opened = (): TrainingSession => {
  if (!training) throw threadGone('no trainer is open in it');
  return training;
};
const close = (): void => {
  training?.dispose();
  training = null;
  scoring.dispose();
  scoring = new ScoringSession();
};

const served: Served = {
  engine: () => loadEngine().info,
  prepare,
  open: (args) => {
    close();
    training = TrainingSession.open(args);
    return { ...training.position(), gridSteps: training.gridSteps };
  },
  train: (_args, told) => opened().train(told),
  heldOut: () => ({ natsPerToken: opened().trainer.heldOutNatsPerToken() }),
  save: ({ folder }) => {
    opened().save(folder);
    return {};
  },
  plan: (args) => scoring.plan(args),
  score: ({ key, folder, stored }, told) => {
    scoring.score(key, folder ?? opened().trainer.model, stored, told);
    return {};
  },
  alternatives: (args) => asking.alternatives(args),
  scoreSentences: (args) => asking.scoreSentences(args),
  close: () => {
    close();
    asking.dispose();
    return {};
  },
  measure,
};

port.on('message', ({ id, command, args }: CommandMessage) => {
  const answer = (message: Omit<AnswerMessage, 'id'>, handOver: ArrayBuffer[] = []): void =>
    port.postMessage({ id, ...message }, handOver);
  const told: Told = {
    stopped: () => Atomics.load(stop, 0) === 1,
    tell: (notice, handOver) => answer({ notice }, handOver),
  };
  // The table pairs each name with its own arguments; TypeScript cannot follow that through a union.
  const serve = served[command] as (args: unknown, told: Told) => unknown;
  Promise.resolve()
    .then(() => serve(args, told))
    .then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: toErrorReply(explained(error)) }),
    );
});
