import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number; golden files write NaN and infinities as text. */
export type GoldenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function readGolden<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export function goldenFiles(directory: string, prefix = ''): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    .sort()
    .map((name) => join(directory, name));
}

/** Agreement to 1e-9 relative; equal infinities and two NaN agree. */
export function agrees(actual: number, expected: GoldenNumber): boolean {
  const wanted = Number(expected);
  if (Object.is(actual, wanted) || actual === wanted) return true;
  return Math.abs(actual - wanted) <= 1e-9 * Math.max(Math.abs(wanted), 1e-3);
}

/** Agreement to 0.05, or 5 % of larger values, for results that are not determined to the last digit. */
export function agreesRoughly(actual: number, expected: GoldenNumber): boolean {
  const wanted = Number(expected);
  return agrees(actual, expected) || Math.abs(actual - wanted) <= 0.05 * Math.max(Math.abs(wanted), 1);
}
