const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Parses an ISO 8601 day or time, such as `2026-01-31`, `2026-01-31T12:00` or `2026-01-31T12:00:00.5+02:00`: UTC by default; a day alone
 * is its beginning (null: any other text, or a day that no calendar has).
 */
export function parseTime(text: string): Date | null {
  const parts = iso.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, Math.floor(Number(`0.${parts[7] ?? 0}`) * 1000));
  const exists = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60 && month >= 1;
  const offset = offsetMinutes(parts[8] ?? 'Z');
  return exists && offset !== null ? new Date(local.getTime() - offset * 60_000) : null;
}

function offsetMinutes(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes);
}

const [firstTime, lastTime] = [-62_135_596_800_000, 253_402_300_799_999];

/** True for epoch milliseconds of the years 1 to 9999, which every database, calendar and text of a time has; false for NaN and infinities. */
export function isTime(ms: number): boolean {
  return ms >= firstTime && ms <= lastTime;
}
