// What every view looks at: a run, a suite and a profile, the checkpoint cursor, and the x axis.
import type { ClassFigures, ClassRow, Trajectories } from '../../shared/domain.ts';
import type { ScoringMethod, UnscoredClass } from '../../shared/scoring-method.ts';
import { call, on } from '../client.ts';
import { knownMetrics, momentsOf, type Moment, type XAxis, type XMetric } from '../charts/x.ts';
import { setting } from './memory.svelte.ts';
import { project } from './project.svelte.ts';
import { Resource } from './resource.svelte.ts';
import { runs } from './runs.svelte.ts';

interface Chosen {
  runId?: number;
  suiteId?: number;
  profile?: string;
}

class Look {
  /** What is left out is the lab's to choose: the latest run, its only suite and profile. */
  chosen = $state.raw<Chosen>({});
  /** The cursor's step; null: the last checkpoint, also when a later one comes. */
  step = $state<number | null>(null);

  readonly #metric = setting('look.metric', 'accuracy', ['accuracy', 'meanDelta']);
  readonly #x = setting('look.x', 'steps', ['steps', 'tokens', 'words']);
  readonly #scale = setting('look.scale', 'log', ['log', 'linear']);

  readonly #trajectories = new Resource(() =>
    project.session ? call('classes.trajectories', this.chosen) : null,
  );
  /** At the last checkpoint. */
  readonly #classes = new Resource(() =>
    project.session ? call('classes.list', this.chosen) : null,
  );

  constructor() {
    on('checkpoint.scored', ({ runId }) => {
      if (this.chosen.runId === undefined || this.chosen.runId === runId) this.reload();
    });
    on('annotations.changed', () => this.#classes.reload());
    on('project.changed', () => {
      this.#trajectories.clear();
      this.#classes.clear();
      this.choose({});
    });
    // What the lab chose stays chosen: a later run does not take its place while one looks.
    $effect(() => {
      if (this.selected && this.chosen.runId === undefined) this.chosen = this.where;
    });
  }

  /** Whether of the run's pairs only the choice is known. */
  get choicesOnly(): boolean {
    const runId = this.selected?.runId ?? this.chosen.runId;
    return runId !== undefined && runs.get(runId)?.kept === 'choices';
  }
  get metric() {
    return this.choicesOnly ? 'accuracy' : this.#metric.value;
  }
  set metric(metric) {
    this.#metric.value = metric;
  }
  /** Of what was chosen, as far as it is known of the run. */
  get x(): XMetric {
    return this.xChoices.includes(this.#x.value) ? this.#x.value : 'steps';
  }
  set x(x) {
    this.#x.value = x;
  }
  get log(): boolean {
    return this.#scale.value === 'log';
  }
  set log(log: boolean) {
    this.#scale.value = log ? 'log' : 'linear';
  }

  /** The run, suite, profile and step that the lab answered for. */
  get selected() {
    return this.#classes.value?.selected;
  }
  get trajectories() {
    return this.#trajectories.value;
  }
  /** Classes of the suite that the method has no scores of. */
  get without(): UnscoredClass[] {
    return this.#classes.value?.without ?? [];
  }
  /** Which parts of the sentences are compared. */
  get method(): ScoringMethod {
    return this.#classes.value?.method ?? 'sentence';
  }
  /** Why there is nothing to look at; null while loading or when there is something. */
  get error() {
    return this.#classes.error ?? this.#trajectories.error;
  }
  get loading(): boolean {
    return this.#classes.value === undefined && this.#classes.loading;
  }

  /** The checkpoints that have scores, in order. */
  readonly checkpoints: Moment[] = $derived(this.trajectories ? momentsOf(this.trajectories) : []);
  /** What training time can be counted in: of a model trained elsewhere, not all is known. */
  readonly xChoices: XMetric[] = $derived(knownMetrics(this.checkpoints));
  readonly axis: XAxis = $derived({ metric: this.x, log: this.log, moments: this.checkpoints });

  /** The cursor's place among the checkpoints. */
  readonly index: number = $derived.by(() => {
    const last = this.checkpoints.length - 1;
    const step = this.step;
    if (step === null) return last;
    const found = this.checkpoints.findLastIndex((point) => point.step <= step);
    return Math.max(0, found);
  });
  readonly cursor: Moment | undefined = $derived(this.checkpoints[this.index]);

  readonly #courses = $derived(
    new Map(this.trajectories?.classes.map((course) => [course.classId, course]) ?? []),
  );
  /** The scored figures of a class over the checkpoints. */
  course(classId: number): Trajectories['classes'][number] | undefined {
    return this.#courses.get(classId);
  }

  /** The classes at the cursor: their figures come from the trajectories, so that moving it asks nothing. */
  readonly classes: ClassRow[] = $derived.by(() => {
    const rows = this.#classes.value?.classes ?? [];
    const at = this.index;
    return rows.flatMap((row) => {
      const course = this.#courses.get(row.classId);
      if (!course) return [row];
      const pairs = course.pairs[at];
      if (!pairs) return []; // not scored at this checkpoint
      const figure = (name: keyof ClassFigures): number => course[name][at] ?? NaN;
      return [{ ...row, pairs, right: figure('right'), ties: figure('ties'), accuracy: figure('accuracy'), low: figure('low'), high: figure('high'), meanDelta: figure('meanDelta') }]; // prettier-ignore
    });
  });

  /** Parameters that name the selection, for every question about a class or a pair. */
  readonly where: Chosen = $derived.by(() => {
    if (!this.selected) return this.chosen;
    const { runId, suiteId, profile } = this.selected;
    return { runId, suiteId, profile };
  });

  choose(chosen: Chosen): void {
    this.chosen = chosen;
    this.step = null;
  }

  /** Puts the cursor on a checkpoint; on the last one it stays with the last. */
  moveTo(index: number): void {
    const last = this.checkpoints.length - 1;
    const point = this.checkpoints[Math.min(Math.max(index, 0), last)];
    if (point) this.step = index >= last ? null : point.step;
  }

  classOf(classId: number): ClassRow | undefined {
    return this.classes.find((row) => row.classId === classId);
  }

  reload(): void {
    this.#trajectories.reload();
    this.#classes.reload();
  }
}

let instance: Look;
$effect.root(() => {
  instance = new Look();
});
export const look = instance!;
