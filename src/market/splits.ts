/** A change of price between two sessions that looks like a split of shares. Prices stay as they are. */
export interface Split {
  /** Trading date from which on the new price holds. */
  readonly date: string;
  /** New shares per old share: 4 for 4:1, 0.1 for a reverse split of 1:10. */
  readonly ratio: number;
  readonly before: number;
  readonly after: number;
}

const ratios = [1.5, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100];
/** Largest distance from a ratio, as a fraction of it: a stock moves over night as well. */
const tolerance = 0.06;

/** The split that the change from a session's last close to the next open looks like (null: none). */
export function splitBetween(before: number, after: number, date: string): Split | null {
  const change = before / after;
  const size = change >= 1 ? change : 1 / change;
  const whole = ratios.find((ratio) => Math.abs(size / ratio - 1) <= tolerance);
  if (whole === undefined) return null;
  return { date, ratio: change >= 1 ? whole : 1 / whole, before, after };
}
