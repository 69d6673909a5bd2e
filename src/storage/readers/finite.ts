/** JSON has neither NaN nor infinities: such a number is null there, and `nonFinite` maps its name to what it was. */
export type NonFinite = 'NaN' | 'Infinity' | '-Infinity';

export interface NonFiniteFlag {
  /** Absent if all numbers are finite. */
  readonly nonFinite?: Readonly<Record<string, NonFinite>>;
}

export type JsonNumbers = Readonly<Record<string, number | null>>;

/** A number as JSON has it (null: not finite). */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

export function finiteAll(numbers: JsonNumbers): JsonNumbers {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, finite(value)]));
}

/** Flag of some numbers; null, which is missing, is not flagged. */
export function nonFiniteFlag(numbers: JsonNumbers): NonFiniteFlag {
  const odd = Object.entries(numbers).filter(([, value]) => value !== null && !Number.isFinite(value));
  return odd.length === 0 ? {} : { nonFinite: Object.fromEntries(odd.map(([name, value]) => [name, String(value) as NonFinite])) };
}

/** Numbers under the names that `nonFinite` has for them where an item holds several lists: `metrics.sharpe`, `constraints.0`. */
export function prefixed(
  prefix: string,
  numbers: Readonly<Record<string, number>> | readonly number[] | null,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(numbers ?? {}).map(([name, value]) => [`${prefix}.${name}`, value]));
}
