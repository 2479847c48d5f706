// A run's configuration from a preset and `--set key=value`.
import { ModelConfig, TrainingConfig, type Preset } from '../../../shared/domain.ts';
import { UsageError } from './session.ts';

type Settings = Pick<Preset, 'model' | 'training'>;

const known = [...Object.keys(ModelConfig.shape), ...Object.keys(TrainingConfig.shape)];

/** A preset's model and training with some settings changed by name. @throws UsageError */
export function withSettings(preset: Settings, changes: readonly string[]): Settings {
  const model: Record<string, unknown> = { ...preset.model };
  const training: Record<string, unknown> = { ...preset.training };
  for (const change of changes) {
    const [, key, text] = /^([^=]+)=(.*)$/.exec(change) ?? [];
    if (key === undefined || text === undefined)
      throw new UsageError(`--set wants key=value, not “${change}”.`);
    const target = key in ModelConfig.shape ? model : training;
    if (!known.includes(key))
      throw new UsageError(`There is no setting “${key}”. There are: ${known.join(', ')}.`);
    target[key] = valueLike(target[key], text, key);
  }
  return { model: parsed(ModelConfig, model), training: parsed(TrainingConfig, training) };
}

/** Text as a value of the kind that the setting has. */
function valueLike(present: unknown, text: string, key: string): unknown {
  if (typeof present === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new UsageError(`${key} is true or false, not “${text}”.`);
  }
  if (typeof present !== 'number') return text;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`${key} is a number, not “${text}”.`); // prettier-ignore
  return value;
}

function parsed<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } } }, // prettier-ignore
  value: unknown,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')); // prettier-ignore
}
