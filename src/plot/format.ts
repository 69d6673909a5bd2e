/** Numbers and durations as people read them: one rule for terminals, pages and pictures. Nothing here needs Node. */

const minus = '\u2212';
/** Stands for what is missing. */
const nothing = '\u2013';

/** Rounded to `digits` significant digits, in ASCII: `0`, `42`, `0.1235`, `-1.500e-5`, `NaN`, `-Infinity`. Whole numbers below a million are whole. */
export function plainNumber(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e6) return String(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return x.toExponential(digits - 1);
  return String(Number(x.toPrecision(digits)));
}

/** A fraction in percent with two decimals: `-1.23 %`. What rounds to zero has no sign. */
export function plainPercent(fraction: number): string {
  const text = (100 * fraction).toFixed(2);
  return `${text === '-0.00' ? '0.00' : text} %`;
}

const [secondMs, minuteMs, hourMs, dayMs] = [1000, 60_000, 3_600_000, 86_400_000];

/** `850 ms`, `12.3 s`, `4 min 05 s`, `3 h 20 min`, `12 d 4 h`; rounded before the unit is chosen, so that no unit is full. @param ms finite */
export function plainDuration(ms: number): string {
  if (ms < 0) return `-${plainDuration(-ms)}`;
  if (Math.round(ms) < secondMs) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) < minuteMs / 100) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const whole = Math.round(ms / secondMs) * secondMs;
  const part = (of: number, unit: number) => String(Math.floor((whole % of) / unit)).padStart(2, '0');
  if (whole < hourMs) return `${Math.floor(whole / minuteMs)} min ${part(minuteMs, secondMs)} s`;
  if (whole < 2 * dayMs) return `${Math.floor(whole / hourMs)} h ${part(hourMs, minuteMs)} min`;
  return `${Math.floor(whole / dayMs)} d ${Math.floor((whole % dayMs) / hourMs)} h`;
}

/** Four significant digits with a typographic minus; an en dash for what is missing, `∞` for infinity. */
export function value(x: number | null | undefined, digits = 4): string {
  return x === null || x === undefined ? nothing : typographic(plainNumber(x, digits));
}

/** A fraction in percent with two decimals. */
export function percent(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined) return nothing;
  return Number.isFinite(fraction) ? typographic(plainPercent(fraction)) : value(fraction);
}

export function duration(ms: number | null | undefined): string {
  return ms === null || ms === undefined || !Number.isFinite(ms) ? nothing : typographic(plainDuration(ms));
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number with its thousands apart: `98,211`. */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? nothing : typographic(grouped.format(n));
}

/** `98,211 of 100,000 trials`, and `98,211 trials` where that is all. */
export function countOf(n: number, total: number, noun: string): string {
  return n === total ? `${count(n)} ${noun}` : `${count(n)} of ${count(total)} ${noun}`;
}

/** `2026-01-31 12:00:05 UTC`. @param at a date, ISO 8601, or milliseconds since 1970 */
export function utc(at: Date | string | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** How long ago something was, in one unit: `now`, `12 s ago`, `4 min ago`, `3 h ago`, `12 d ago`; `in 4 min` for what is to come. */
export function ago(at: Date | string | number, nowMs: number): string {
  const passed = nowMs - new Date(at).getTime();
  const size = Math.abs(passed);
  if (size < 1.5 * secondMs) return 'now';
  const [unit, length] = ageUnits.find(([, each]) => size >= each) ?? ageUnits.at(-1)!;
  const text = `${Math.floor(size / length)} ${unit}`;
  return passed < 0 ? `in ${text}` : `${text} ago`;
}

const ageUnits = [
  ['d', dayMs],
  ['h', hourMs],
  ['min', minuteMs],
  ['s', secondMs],
] as const;

function typographic(text: string): string {
  return text.replaceAll('-', minus).replace('Infinity', '∞');
}
