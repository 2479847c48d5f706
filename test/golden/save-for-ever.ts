// A process to be killed: trains and saves, one checkpoint after another (resume.test.ts).
import { join } from 'node:path';
import type { ModelConfig, TrainingConfig } from '../../src/shared/domain.ts';
import { Trainer, WindowData, type TokenFiles } from '../../src/main/lab/training/index.ts';

const [parent, json] = process.argv.slice(2) as [string, string];
const { model, training, files } = JSON.parse(json) as { model: ModelConfig; training: TrainingConfig; files: TokenFiles }; // prettier-ignore
const data = new WindowData(files, training.windowTokens, training.seed, () => 0);
const trainer = Trainer.create(model, training, data);
trainer.save(join(parent, 'step-0'), undefined);
process.stdout.write('saved\n');
for (;;) {
  const { step } = trainer.trainStep();
  trainer.save(join(parent, `step-${step}`), undefined);
}
