/**
 * Level at which one of `looks` tests on the same days must be asked, so that all together raise a false alarm with probability `level`:
 * 1 - (1 - level)^(1 / looks) (Sidak 1967). Exact for independent tests, on the safe side for positively correlated ones. NaN for an
 * unknown or impossible number of looks, or a level outside (0, 1).
 * @example `perLook(0.005, 3)` is 0.0016694521863086509.
 */
export function perLook(level: number, looks: number): number {
  if (!(level > 0 && level < 1) || !(looks >= 1)) return Number.NaN;
  return -Math.expm1(Math.log1p(-level) / looks);
}
