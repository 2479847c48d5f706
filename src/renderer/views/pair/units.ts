// Whether the pair page's bars are of tokens or of words.
import { setting } from '../../state/memory.svelte.ts';
import { tokenUnits, wordUnits } from './words.ts';

export const unitSetting = setting('pair.units', 'tokens', ['tokens', 'words']);

export const unitsOf = (tokens: string[], nats: number[], unscored: number) =>
  (unitSetting.value === 'words' ? wordUnits : tokenUnits)(tokens, nats, unscored);
