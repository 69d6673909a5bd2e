/** Nanoseconds as the whole milliseconds that calendars count in. */
export function msOf(time: bigint): number {
  return Number(time / 1_000_000n);
}

export function nsOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}
