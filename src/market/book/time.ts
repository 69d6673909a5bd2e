/** Seconds and nanoseconds of 2^48 ns. */
const highSeconds = 281_474;
const highNanos = 976_710_656;

/**
 * Whole seconds of a time of 64-bit nanoseconds, from its two words; {@link nanosOf} is the rest. Exact: all parts stay below 2^53, while the
 * time itself does not fit a float64.
 */
export function secondsOf(low: number, high: number): number {
  return (high >>> 16) * highSeconds + Math.floor(lowerNanos(low, high) / 1e9);
}

export function nanosOf(low: number, high: number): number {
  return lowerNanos(low, high) % 1e9;
}

function lowerNanos(low: number, high: number): number {
  return (high >>> 16) * highNanos + (high & 0xffff) * 4_294_967_296 + low;
}
