// Where a sweep's folders are for the nodes of its cluster: here, on shared storage, or on another machine that is
// reached through ssh, of which the project keeps a mirror.
import fs from 'node:fs';
import path from 'node:path';
import type { SweepResources } from '../../../../shared/sweeps.ts';
import type { CorpusSummary } from '../../corpus/index.ts';
import { copy, over } from '../command.ts';
import { Slurm } from './queue.ts';

export interface Site {
  slurm: Slurm;
  /** Folder of all runs, as the nodes see it. */
  nodeRuns: string;
  /** A corpus as the nodes see it. */
  corpusAt: (corpus: CorpusSummary) => CorpusSummary;
  /** Brings what runs are to do, and these corpora, to the nodes. */
  push: (corpora: readonly CorpusSummary[]) => Promise<void>;
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
/** Of use to the nodes only: states to go on from, what is being written, texts. What runs are to do is said here. */
const theirs = ['/*/run.json', '/corpora', '/tokenizers', 'optimizer.safetensors', 'paused-*', '*.unfinished']; // prettier-ignore

function remote({ host, folder }: NonNullable<SweepResources['ssh']>, runs: string): Site {
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
    async push(corpora) {
      const texts = corpora.filter(({ source }) => source !== 'embedded');
      await over(host)('mkdir', ['-p', folder, ...texts.map(corpusFolder)]);
      await copy(host, ['--prune-empty-dirs', ...only(pushed), '--', `${runs}/`, there]);
      for (const corpus of texts) {
        // One that is no longer here may have gone over before; else its runs say that it is not there.
        const files = corpus.files.filter(({ path: file }) => fs.existsSync(file));
        const named = files.map(
          ({ path: file }) => `${baseOf(corpus, file)}/./${nameIn(corpus, file)}`,
        );
        if (named.length > 0) await copy(host, ['--relative', '--', ...named, `${host}:${corpusFolder(corpus)}/`]); // prettier-ignore
      }
    },
    async pull(what) {
      const filters = what === 'all' ? without(theirs) : [...without([...theirs, 'checkpoints', 'tokenizer.json', '/suites']), ...only(pulled)]; // prettier-ignore
      await copy(host, ['--prune-empty-dirs', ...filters, '--', there, `${runs}/`]);
    },
  };
}

/** Folder of a corpus, which may be a single file. */
const baseOf = ({ source }: CorpusSummary, file: string): string => file === source ? path.dirname(file) : source; // prettier-ignore

/** A file's path within its corpus. */
const nameIn = (corpus: CorpusSummary, file: string): string =>
  path.relative(baseOf(corpus, file), file).split(path.sep).join('/');
