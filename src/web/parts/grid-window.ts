/** The rows of a list of equal rows that are to be drawn. */
export interface GridWindow {
  readonly first: number;
  /** The row after the last. */
  readonly end: number;
}

/** Rows drawn above and below what is visible, so that a fast wheel shows no gaps. */
const margin = 12;

/** @param scrolled, height in px @param row height of a row in px */
export function windowOf(n: number, scrolled: number, height: number, row: number): GridWindow {
  const first = Math.max(0, Math.min(n, Math.floor(scrolled / row) - margin));
  return { first, end: Math.max(first, Math.min(n, Math.ceil((scrolled + height) / row) + margin)) };
}

/** Where to scroll so that a row is visible whole below the head; null where it is. */
export function scrollTo(row: number, scrolled: number, height: number, rowHeight: number): number | null {
  const top = row * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + height ? top + rowHeight - height : null;
}
