// A run in the making: its configuration as edited, what is wrong with it, what it will cost.
import {
  profiles,
  RunConfig,
  trainingOf,
  type Preset,
  type TrainingConfig,
} from '../../../shared/domain.ts';
import { problemsOf } from './settings.ts';

export class Draft {
  name = $state('');
  /** The preset that the settings started from; "custom" once one was changed. */
  preset = $state('');
  corpusId = $state<number | null>(null);
  tokenizerId = $state<number | null>(null);
  model = $state({} as RunConfig['model']);
  training = $state({} as TrainingConfig);
  suiteIds = $state<number[]>([]);
  profileName = $state('gardenpath');
  pairsPerClass = $state<number | null>(null);

  /** Whether there is anything yet: a preset or another run's configuration. */
  readonly filled = $derived(this.preset !== '');

  usePreset(preset: Preset): void {
    this.preset = preset.name;
    this.model = { ...preset.model };
    this.training = { ...preset.training, seed: this.training.seed ?? preset.training.seed };
  }

  use(config: RunConfig): void {
    this.preset = config.preset;
    this.corpusId = config.corpusId;
    this.tokenizerId = config.tokenizerId;
    this.model = { ...config.model };
    this.training = { ...trainingOf(config) };
    this.suiteIds = [...config.scoring.suiteIds];
    this.profileName = config.scoring.profile.name;
    this.pairsPerClass = config.scoring.pairsPerClass;
  }

  /** As it would be sent, whatever is wrong with it. */
  readonly #config = $derived({
    preset: this.preset,
    corpusId: this.corpusId,
    tokenizerId: this.tokenizerId,
    model: this.model,
    training: this.training,
    scoring: {
      suiteIds: this.suiteIds,
      profile: profiles[this.profileName] ?? profiles['gardenpath'],
      pairsPerClass: this.pairsPerClass,
    },
  });

  readonly problems: Map<string, string> = $derived.by(() => {
    const problems = problemsOf(RunConfig, this.#config);
    const { hiddenSize, heads, maxPositions } = this.model;
    const add = (path: string, text: string): void => {
      if (!problems.has(path)) problems.set(path, text);
    };
    if (hiddenSize % heads > 0) add('model.hiddenSize', `a multiple of ${heads} heads`);
    if (this.training.windowTokens > maxPositions)
      add('training.windowTokens', `at most the ${maxPositions} positions`);
    return problems;
  });

  /** The configuration when nothing is wrong with it. */
  readonly config: RunConfig | null = $derived(
    this.problems.size === 0 ? RunConfig.parse(this.#config) : null,
  );
}
