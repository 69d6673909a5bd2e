import { writeValue } from '../../search/space/literal.ts';
import type { ChoiceValue, FlatParams } from '../../search/space/param.ts';

/** Formats a number for tables: four significant digits, a dash for a missing one. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '-';
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
}

/** A fraction as a percentage with two decimals: 0.0123 is `1.23 %`. */
export function formatPercent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : `${(100 * fraction).toFixed(2)} %`;
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `3 h 20 min`. */
export function formatDuration(durationMs: number | null | undefined): string {
  if (durationMs === null || durationMs === undefined || !Number.isFinite(durationMs)) return '-';
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const minutes = Math.floor(durationMs / 60_000);
  if (minutes < 60) return `${minutes} min ${String(Math.floor((durationMs % 60_000) / 1000)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
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
