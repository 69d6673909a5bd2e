/** Epoch milliseconds as ISO text. Outside of what may have no clock, so that no date is made there. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
