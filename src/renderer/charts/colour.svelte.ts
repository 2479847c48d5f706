// The theme's colours as values, for scales that CSS cannot compute.
import { interpolateLab } from 'd3';

interface Palette {
  right: string;
  neutral: string;
  wrong: string;
  ink: string;
}

/** Custom properties hold `light-dark()`; only a real element's colour is resolved. */
function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const read = (name: keyof Palette): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    right: read('right'),
    neutral: read('neutral'),
    wrong: read('wrong'),
    ink: read('ink'),
  };
  probe.remove();
  return palette;
}

let palette = $state.raw(readPalette());
for (const query of [
  '(prefers-color-scheme: dark)',
  '(prefers-contrast: more)',
  '(forced-colors: active)',
])
  matchMedia(query).addEventListener('change', () => (palette = readPalette()));

const toRight = $derived(interpolateLab(palette.neutral, palette.right));
const toWrong = $derived(interpolateLab(palette.neutral, palette.wrong));
const toInk = $derived(interpolateLab(palette.neutral, palette.ink));

/** −1 (wholly wrong) … 0 (chance) … 1 (wholly right). */
export function diverging(value: number): string {
  const depth = Math.min(1, Math.abs(value));
  return value < 0 ? toWrong(depth) : toRight(depth);
}

/** 0 … 1 from the page's grey to ink. */
export const sequential = (value: number): string => toInk(Math.min(1, Math.max(0, value)));
