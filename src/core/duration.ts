const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Returns `90s`, `30m`, `2h` or `1.5d` in milliseconds (null: not a duration). */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  return match === null ? null : Number(match[1]) * (unitMs[match[2]!] ?? 0);
}
