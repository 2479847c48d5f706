// The machine stays awake while a run works, and a person who looks elsewhere hears of its end.
import { beforeEach, expect, test, vi } from 'vitest';
import { Attention } from '../../src/main/attention.ts';
import type { RunRow, RunState } from '../../src/shared/domain.ts';

const electron = vi.hoisted(() => ({ awake: new Set<number>(), shown: [] as { title: string; body: string; click: () => void }[] })); // prettier-ignore
vi.mock('electron', () => {
  class Notification {
    static isSupported = (): boolean => true;
    #click = (): void => undefined;
    readonly #text: { title: string; body: string };
    constructor(text: { title: string; body: string }) {
      this.#text = text;
    }
    on(_event: 'click', listener: () => void): void {
      this.#click = listener;
    }
    show(): void {
      electron.shown.push({ ...this.#text, click: this.#click });
    }
  }
  let last = 0;
  return {
    Notification,
    powerSaveBlocker: {
      start: () => {
        electron.awake.add(++last);
        return last;
      },
      stop: (id: number) => electron.awake.delete(id),
    },
  };
});

const run = (id: number, state: RunState, error: string | null = null): RunRow => ({ id, name: '', note: '', preset: 'nano', corpusName: 'speeches', state, stage: state, error, parameters: 1, step: 3_000, totalSteps: 3_000, tokensSeen: 0, wordsSeen: 0, lossNats: null, tokensPerSecond: null, remainingMs: null, elapsedMs: 0, checkpoints: 12, seed: 1, kept: 'scores', queuePosition: null, createdAtMs: 0 }); // prettier-ignore

let focused = false;
const showWindow = vi.fn();
let attention: Attention;
beforeEach(() => {
  focused = false;
  electron.awake.clear();
  electron.shown.length = 0;
  showWindow.mockClear();
  attention = new Attention(showWindow, () => focused);
});
const progress = (...row: Parameters<typeof run>): void => attention.follow('run.progressed', run(...row)); // prettier-ignore

test('one blocker keeps the machine awake from the first working run to the last', () => {
  progress(1, 'queued');
  expect(electron.awake.size).toBe(0);
  progress(1, 'training');
  progress(1, 'scoring');
  progress(2, 'training');
  expect(electron.awake.size).toBe(1);
  progress(1, 'finished');
  expect(electron.awake.size).toBe(1);
  progress(2, 'paused');
  expect(electron.awake.size).toBe(0);
});

test('nothing keeps it awake once the lab died or the project is closed', () => {
  progress(1, 'training');
  attention.follow('lab.died', { restarting: true, message: '' });
  expect(electron.awake.size).toBe(0);
  progress(1, 'training');
  attention.follow('project.changed', null);
  expect(electron.awake.size).toBe(0);
});

test('the end of a run is told once, with what came of it, and leads to the window', () => {
  progress(1, 'training');
  progress(1, 'finished');
  progress(1, 'finished');
  progress(2, 'training');
  progress(2, 'failed', 'The loss became infinite.');
  expect(electron.shown.map(({ title, body }) => [title, body])).toEqual([
    ['Run 1 is finished', '3,000 steps, 12 checkpoints scored.'],
    ['Run 2 failed', 'The loss became infinite.'],
  ]);
  electron.shown[0]?.click();
  expect(showWindow).toHaveBeenCalledOnce();
});

test('who looks at the window, or paused the run, is told nothing', () => {
  progress(1, 'training');
  progress(1, 'paused');
  progress(1, 'finished'); // was not at work in this session
  focused = true;
  progress(2, 'training');
  progress(2, 'finished');
  expect(electron.shown).toEqual([]);
});
