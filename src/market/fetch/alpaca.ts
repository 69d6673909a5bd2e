import { z } from 'zod';
import type { BarSource } from './bar-source.ts';

const pageSchema = z.object({
  bars: z.array(z.object({ t: z.iso.datetime(), o: z.number(), h: z.number(), l: z.number(), c: z.number(), v: z.number() })).nullable(),
  next_page_token: z.string().nullable(),
});

/** Historical bars of one stock from Alpaca, not adjusted. The next page is the same request with a token. */
export const alpaca: BarSource = {
  origin: 'https://data.alpaca.markets',
  keyNames: ['APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'],
  headers: ([id, secret]) => ({ 'apca-api-key-id': id!, 'apca-api-secret-key': secret! }),
  first: ({ symbol, barMinutes, fromMs, toMs }) => {
    const query = new URLSearchParams({
      timeframe: barMinutes === 60 ? '1Hour' : `${barMinutes}Min`,
      start: new Date(fromMs).toISOString(),
      end: new Date(toMs - 1).toISOString(),
      adjustment: 'raw',
      sort: 'asc',
      limit: '10000',
    });
    return `/v2/stocks/${encodeURIComponent(symbol)}/bars?${query.toString()}`;
  },
  parse: (page, _, path) => {
    const { bars, next_page_token: token } = pageSchema.parse(page);
    const [base, query] = path.split('?', 2);
    const next = new URLSearchParams(query);
    if (token !== null) next.set('page_token', token);
    return {
      bars: (bars ?? []).map(({ t, o, h, l, c, v }) => ({ ms: Date.parse(t), open: o, high: h, low: l, close: c, volume: v })),
      next: token === null ? null : `${base}?${next.toString()}`,
    };
  },
};
