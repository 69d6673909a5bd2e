/** True for the ISO date of a day that exists, from the year 1000: `2024-02-29`, not `2023-02-29`. */
export function isIsoDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[1-9]\d{3}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  // Date.parse takes February 30 for March 1.
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(value);
}
