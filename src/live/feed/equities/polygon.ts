import { z } from 'zod';
import { type Dialect, displayed } from './dialect.ts';

const kind = z.object({ ev: z.string() });
const status = z.object({ status: z.string(), message: z.string().default('') });
const ms = z.number().int().nonnegative();
const bar = z.object({ sym: z.string(), o: z.number(), h: z.number(), l: z.number(), c: z.number(), v: z.number(), s: ms });
const quote = z.object({
  ...{ sym: z.string(), t: ms },
  // A side on which nothing is displayed is left out.
  ...{ bp: z.number().default(0), bs: z.number().default(0), ap: z.number().default(0), as: z.number().default(0) },
});

const nanos = (time: number): bigint => BigInt(time) * 1_000_000n;

/** Polygon's stream of stocks. It knows one key; halts are not among what is read. Source: polygon.io/docs/websocket/stocks. */
export const polygon: Dialect = {
  id: 'polygon',
  dataset: 'POLYGON.STOCKS',
  authenticate: (_, key) => ({ action: 'auth', params: key }),
  subscribe: ({ symbols, bars, quotes }) => ({
    action: 'subscribe',
    params: symbols.flatMap((symbol) => [...(bars ? [`AM.${symbol}`] : []), ...(quotes ? [`Q.${symbol}`] : [])]).join(','),
  }),
  read: (message) => {
    switch (kind.parse(message).ev) {
      case 'status': {
        const { status: said, message: text } = status.parse(message);
        if (said === 'connected') return { kind: 'connected' };
        if (said === 'auth_success') return { kind: 'authenticated' };
        if (said === 'success') return { kind: 'subscribed' };
        if (said === 'auth_failed' || said === 'auth_timeout') return { kind: 'refused', text, next: 'stop' };
        if (said === 'max_connections') return { kind: 'refused', text, next: 'pause' };
        return { kind: 'refused', text: `${said}: ${text}`, next: 'goOn' };
      }
      case 'AM': {
        const { sym, o, h, l, c, v, s } = bar.parse(message);
        return { kind: 'bar', symbol: sym, time: nanos(s), open: o, high: h, low: l, close: c, volume: v };
      }
      case 'Q': {
        const { sym, bp, bs, ap, as, t } = quote.parse(message);
        return { kind: 'quote', symbol: sym, time: nanos(t), bid: displayed(bp, bs), ask: displayed(ap, as) };
      }
      default:
        return null;
    }
  },
};
