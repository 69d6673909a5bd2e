import { plainDuration, plainNumber, plainPercent } from '../../plot/format.ts';
import { writeValue } from '../../search/space/literal.ts';
import type { ChoiceValue, FlatParams } from '../../search/space/param.ts';

/** Formats a number for tables, in ASCII so that it can be given back to a command: four significant digits, a dash for a missing one. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined ? '-' : plainNumber(value, digits);
}

/** A fraction as a percentage with two decimals: 0.0123 is `1.23 %`. */
export function formatPercent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : plainPercent(fraction);
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `3 h 20 min`. */
export function formatDuration(durationMs: number | null | undefined): string {
  return durationMs === null || durationMs === undefined || !Number.isFinite(durationMs) ? '-' : plainDuration(durationMs);
}

/** `lr=3.100e-4 opt=adam`: parameters on one line, as `-p` takes them but rounded: `1` is a number and `"1"` a text. */
export function formatParams(params: FlatParams): string {
  return paramsWith(params, (value) => (typeof value === 'number' ? formatNumber(value) : writeValue(value)));
}

/** The same with all digits. */
export function exactParams(params: FlatParams): string {
  return paramsWith(params, writeValue);
}

function paramsWith(params: FlatParams, write: (value: ChoiceValue) => string): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${write(value)}`)
    .join(' ');
}
