// While a run works the machine stays awake; when one ends the person hears of it.
import { Notification, powerSaveBlocker } from 'electron';
import type { RunRow, RunState } from '../shared/domain.ts';
import type { EventName, Events } from '../shared/events.ts';

const working: readonly RunState[] = ['preparing', 'training', 'scoring'];

export class Attention {
  readonly #working = new Set<number>();
  #blocker: number | null = null;
  readonly #showWindow: () => void;
  readonly #windowHasFocus: () => boolean;

  constructor(showWindow: () => void, windowHasFocus: () => boolean) {
    this.#showWindow = showWindow;
    this.#windowHasFocus = windowHasFocus;
  }

  /** Takes every event, and heeds those that say whether a run works. */
  follow<E extends EventName>(event: E, payload: Events[E]): void {
    if (event === 'run.progressed') this.#followRun(payload as RunRow);
    else if (event === 'lab.died' || (event === 'project.changed' && payload === null))
      this.#working.clear();
    this.#keepAwake();
  }

  #followRun(run: RunRow): void {
    const worked = this.#working.has(run.id);
    if (working.includes(run.state)) this.#working.add(run.id);
    else this.#working.delete(run.id);
    if (worked && (run.state === 'finished' || run.state === 'failed')) this.#tell(run);
  }

  #keepAwake(): void {
    if (this.#working.size > 0) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  #tell(run: RunRow): void {
    if (this.#windowHasFocus() || !Notification.isSupported()) return;
    const name = run.name || `Run ${run.id}`;
    const notification = new Notification({
      title: run.state === 'finished' ? `${name} is finished` : `${name} failed`,
      body:
        run.error ??
        `${run.step.toLocaleString('en')} steps, ${run.checkpoints} checkpoints scored.`,
    });
    notification.on('click', this.#showWindow);
    notification.show();
  }
}
