// Numbers as a person reads them: minus as −, shares without a leading zero, units after a narrow space.
import { countSeen } from '../shared/count-seen.ts';

const minus = '\u2212';
const narrowSpace = '\u202f';
/** Stands where there is no number. */
export const none = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1840 → "1,840". */
export const count = (n: number): string => grouped.format(n).replace('-', minus);

/** "1 class", "12 classes". */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** A number with fixed decimals: −84.2. */
export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** What a pair's Δ says of it. */
export const outcomeOf = (delta: number): string =>
  delta > 0 ? 'right' : delta < 0 ? 'wrong' : 'tie';

/** Decimals that show a difference of `step`: 0.05 → 2. */
export const decimals = (step: number): number =>
  Math.max(0, Math.ceil(-Math.log10(Math.abs(step) || 1) - 1e-9));

/** As `fixed`, positive numbers with +. */
export function signed(value: number | null | undefined, digits = 1): string {
  const text = fixed(value, digits);
  return text === none || text.startsWith(minus) || Number(text) === 0 ? text : `+${text}`;
}

/** A share from 0 to 1 without its leading zero: .31, 1.00. */
export const share = (value: number | null | undefined, digits = 2): string =>
  fixed(value, digits).replace(/^(\u2212?)0\./, '$1.');

/** As `share`, for an axis: 0, .5, 1. */
export const shareTick = (value: number): string =>
  Number.isInteger(value) ? fixed(value, 0) : share(value, 1);

/** A p value: .034, <.001. */
export const pValue = (p: number): string => (p < 0.001 ? '<.001' : share(p, 3));

/** The half-width of an interval around a share: ±.03. */
export const margin = (low: number, high: number): string => `±${share((high - low) / 2)}`;

/** 6.6 M, 431 k, 950; for tokens, words, parameters. */
export function short(n: number | null): string {
  if (n === null) return none;
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    // prettier-ignore
    if (Math.abs(n) >= size * 0.9995) {
      const scaled = n / size;
      return fixed(scaled, Math.abs(scaled) < 99.95 ? 1 : 0) + narrowSpace + unit;
    }
  return count(n);
}

/** 1,536 → "1.5 kB"; decimal units, as file managers show them. */
export const bytes = (n: number): string => {
  const text = short(n);
  return /\d$/.test(text) ? `${text}${narrowSpace}B` : `${text}B`;
};

/** "307 k tokens" and "217 k words", as far as they are known. */
export const seenText = (at: { step: number; tokensSeen: number; wordsSeen: number }): string[] =>
  [[countSeen(at.tokensSeen, at.step), 'tokens'] as const, [countSeen(at.wordsSeen, at.step), 'words'] as const].flatMap(
    ([n, what]) => (n === null ? [] : [`${short(n)} ${what}`]),
  ); // prettier-ignore

/** A duration in the two units that matter: "45 s", "66 min", "2 h 5 min", "3 d 4 h". */
export function duration(ms: number): string {
  const unit = (n: number, name: string): string => `${n}${narrowSpace}${name}`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return unit(seconds, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return unit(minutes, 'min');
  const hours = Math.floor(minutes / 60);
  if (hours < 36) return join(unit(hours, 'h'), minutes % 60, unit(minutes % 60, 'min'));
  const days = Math.floor(hours / 24);
  return join(unit(days, 'd'), hours % 24, unit(hours % 24, 'h'));
}
const join = (first: string, rest: number, second: string): string =>
  rest === 0 ? first : `${first} ${second}`;

/** A number over many magnitudes (learning rate, gradient norm): 0.002, 1e−4, 12.5. */
export function scientific(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e-3 && size < 1e6
      ? Number(value.toPrecision(3)).toString()
      : Number(value.toPrecision(3)).toExponential().replace('e+', 'e');
  return text.replaceAll('-', minus);
}

const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
/** A moment in local time: "24 Nov 2026, 22:58". */
export const moment = (ms: number): string => dateTime.format(ms);

/** The perplexity of a cross entropy (nats a token): 84.2, 2,462. */
export function perplexity(natsPerToken: number | null): string {
  if (natsPerToken === null) return none;
  const value = Math.exp(natsPerToken);
  return value < 100 ? fixed(value, 1) : count(value);
}

/** Nats as bits. */
export const bits = (nats: number): number => nats / Math.LN2;
