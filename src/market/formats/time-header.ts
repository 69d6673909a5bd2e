import { normalised } from './header.ts';

/** Headers of a time that is the end of its bar. */
const endAliases = ['closetime', 'endtime'];

/** What the headers of a time, or of a date and a time of day, say: that it is the bar's end, or which zone it is in. */
export function saidByTimeHeaders(headers: readonly string[]): { readonly stamp: 'end' | null; readonly zone: string | null } {
  const zones = headers.map((header) => {
    const isUtc = /^(?:utc|gmt)|(?:utc|gmt)$/.test(normalised(header));
    return isUtc ? 'UTC' : /\((EET|CET|[A-Z][A-Za-z]+\/[A-Za-z_/]+)\)/.exec(header)?.[1];
  });
  const isEnd = headers.some((header) => endAliases.includes(normalised(header)));
  return { stamp: isEnd ? 'end' : null, zone: zones.find((zone) => zone !== undefined) ?? null };
}
