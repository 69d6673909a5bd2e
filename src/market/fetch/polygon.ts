import { z } from 'zod';
import type { BarSource } from './bar-source.ts';

const pageSchema = z.object({
  status: z.enum(['OK', 'DELAYED']),
  results: z.array(z.object({ t: z.number(), o: z.number(), h: z.number(), l: z.number(), c: z.number(), v: z.number() })).default([]),
  next_url: z.string().optional(),
});

/** Hosts of the service under its old name and its new one. A page of either may name the other. */
const ownHosts = ['api.polygon.io', 'api.massive.com'];

/** The next page, on the address that is being asked: the key goes nowhere else. */
function nextOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname, search } = new URL(url);
  return ownHosts.includes(host) ? `${pathname}${search}` : url;
}

/** Aggregates of Polygon, not adjusted for splits. `next_url` names the next page, without the key. */
export const polygon: BarSource = {
  origin: 'https://api.polygon.io',
  keyNames: ['POLYGON_API_KEY'],
  headers: ([key]) => ({ authorization: `Bearer ${key}` }),
  first: ({ symbol, barMinutes, fromMs, toMs }) =>
    `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/${barMinutes}/minute/${fromMs}/${toMs - 1}?adjusted=false&sort=asc&limit=50000`,
  parse: (page) => {
    const { results, next_url: next } = pageSchema.parse(page);
    return {
      bars: results.map(({ t, o, h, l, c, v }) => ({ ms: t, open: o, high: h, low: l, close: c, volume: v })),
      next: next === undefined ? null : nextOf(next),
    };
  },
};
