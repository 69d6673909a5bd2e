/** Four significant digits with a typographic minus; an en dash for what is missing. */
export const value = (x: number | null | undefined): string =>
  x === null || x === undefined ? '–' : String(Number(x.toPrecision(4))).replaceAll('-', '−');

/** How long ago a time was. */
export function ago(at: string, nowMs: number): string {
  const minutes = Math.floor((nowMs - Date.parse(at)) / 60_000);
  return minutes < 1 ? 'now' : `${minutes} min ago`;
}

/** `2026-01-31 12:00:05 UTC`. */
export const utc = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
