/** JSON has no NaN and no infinities: such a figure is null there, and `nonFinite` says under its name what it was. */
export type NonFinite = 'NaN' | 'Infinity' | '-Infinity';

export interface NonFiniteFlag {
  /** Absent where all figures are finite. */
  readonly nonFinite?: Readonly<Record<string, NonFinite>>;
}

export type JsonNumbers = Readonly<Record<string, number | null>>;

/** A figure as JSON has it. */
export function finite(figure: number | null): number | null {
  return figure !== null && Number.isFinite(figure) ? figure : null;
}

export function finiteAll(figures: JsonNumbers): JsonNumbers {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, finite(figure)]));
}

/** The flag for some figures. One that is merely missing (null) is not flagged. */
export function nonFiniteFlag(figures: JsonNumbers): NonFiniteFlag {
  const odd = Object.entries(figures).filter(([, figure]) => figure !== null && !Number.isFinite(figure));
  return odd.length === 0 ? {} : { nonFinite: Object.fromEntries(odd.map(([name, figure]) => [name, String(figure) as NonFinite])) };
}
