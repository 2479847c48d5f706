// Where a sweep's folders are for the nodes of its cluster: here, on shared storage, or on another machine that is
// reached through ssh, of which the project keeps a mirror.
import path from 'node:path';
import type { SweepResources } from '../../../../shared/sweeps.ts';
import type { CorpusSummary } from '../../corpus/index.ts';
import { here, over } from '../command.ts';
import { Slurm } from './queue.ts';

export interface Site {
  slurm: Slurm;
  /** Folder of all runs, as the nodes see it. */
  nodeRuns: string;
  /** A corpus as the nodes see it. */
  corpusAt: (corpus: CorpusSummary) => CorpusSummary;
  /** Brings what runs are to do, and these corpora, to the nodes. */
  push: (corpora?: readonly CorpusSummary[]) => Promise<void>;
  /** Brings back how runs stand, or all that they made. What came before is not sent again. */
  pull: (what: 'state' | 'all') => Promise<void>;
}

/** @param ssh how another machine is reached; undefined: the runs stay here, also those on a cluster that shares storage */
export function siteOf(ssh: SweepResources['ssh'], runs: string): Site {
  if (ssh) return remote(ssh, runs);
  const nothing = (): Promise<void> => Promise.resolve();
  return { slurm: new Slurm(), nodeRuns: path.resolve(runs), corpusAt: (corpus) => corpus, push: nothing, pull: nothing }; // prettier-ignore
}

const pushed = ['*/', '/*/run.json', '/suites/*', '/tokenizers/*', '/slurm/*.sh', '/slurm/*.tasks'];
const pulled = ['*/', '*.json', 'log.txt', '/slurm/*.txt'];
/** Of use to the nodes only: states to go on from, what is being written, texts. */
const theirs = ['/corpora', '/tokenizers', 'optimizer.safetensors', 'paused-*', '*.unfinished'];

function remote({ host, folder }: NonNullable<SweepResources['ssh']>, runs: string): Site {
  const sync = (from: string, to: string, filters: readonly string[]): Promise<string> =>
    here('rsync', ['-a', '--partial', '--prune-empty-dirs', ...filters, '--', from, to]);
  const only = (names: readonly string[]): string[] => [...names.map((name) => `--include=${name}`), '--exclude=*']; // prettier-ignore
  const without = (names: readonly string[]): string[] => names.map((name) => `--exclude=${name}`);
  const corpusFolder = ({ contentHash }: CorpusSummary): string => path.posix.join(folder, 'corpora', contentHash.slice(0, 16)); // prettier-ignore
  const there = `${host}:${folder}/`;
  return {
    slurm: new Slurm(over(host)),
    nodeRuns: folder,
    corpusAt(corpus) {
      if (corpus.source === 'embedded') return corpus;
      const at = corpusFolder(corpus);
      const files = corpus.files.map((file) => ({ ...file, path: path.posix.join(at, nameIn(corpus, file.path)) })); // prettier-ignore
      return { ...corpus, source: at, files };
    },
    async push(corpora = []) {
      await over(host)('mkdir', ['-p', path.posix.join(folder, 'corpora')]);
      await sync(`${runs}/`, there, only(pushed));
      for (const corpus of corpora) {
        if (corpus.source === 'embedded') continue;
        await over(host)('mkdir', ['-p', corpusFolder(corpus)]);
        for (const { path: file } of corpus.files)
          await sync(file, `${host}:${path.posix.join(corpusFolder(corpus), nameIn(corpus, file))}`, ['--mkpath']); // prettier-ignore
      }
    },
    async pull(what) {
      await sync(there, `${runs}/`, [...without([...theirs, ...(what === 'state' ? ['checkpoints', 'tokenizer.json', '/suites'] : [])]), ...(what === 'state' ? only(pulled) : [])]); // prettier-ignore
    },
  };
}

/** A file's path within its corpus. */
const nameIn = ({ source }: CorpusSummary, file: string): string =>
  file === source ? path.basename(file) : path.relative(source, file).split(path.sep).join('/');
