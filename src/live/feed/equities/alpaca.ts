import { z } from 'zod';
import { nanosOf } from '../../parse-time.ts';
import { type Dialect, displayed, type StreamNews } from './dialect.ts';

const kind = z.object({ T: z.string() });
const success = z.object({ msg: z.string() });
const refusal = z.object({ code: z.number(), msg: z.string() });
const bar = z.object({ S: z.string(), o: z.number(), h: z.number(), l: z.number(), c: z.number(), v: z.number(), t: z.string() });
const quote = z.object({ S: z.string(), bp: z.number(), bs: z.number(), ap: z.number(), as: z.number(), t: z.string() });
const status = z.object({ S: z.string(), sc: z.string(), t: z.string() });

/** What follows an error by its code; others end the connection, and it is made again. */
const afterErrors: Readonly<Record<number, Extract<StreamNews, { kind: 'refused' }>['next']>> = {
  402: 'stop', // the key is refused
  404: 'stop', // no authentication in time
  405: 'stop', // too many symbols
  406: 'pause', // too many connections
  409: 'stop', // the subscription does not have this data
  410: 'stop', // the feed does not have this kind
};

/**
 * Alpaca's stream of market data, version 2. Bars that are corrected later are passed over: a decision was made by then.
 * Source: docs.alpaca.markets, real-time stock data.
 */
export const alpaca: Dialect = {
  id: 'alpaca',
  dataset: 'ALPACA.STOCKS',
  authenticate: (key, secret) => ({ action: 'auth', key, secret }),
  subscribe: ({ symbols, bars, quotes }) => ({
    action: 'subscribe',
    ...(bars && { bars: symbols }),
    ...(quotes && { quotes: symbols, statuses: symbols }),
  }),
  read: (message) => {
    switch (kind.parse(message).T) {
      case 'success':
        return { kind: success.parse(message).msg === 'authenticated' ? 'authenticated' : 'connected' };
      case 'subscription':
        return { kind: 'subscribed' };
      case 'error': {
        const { code, msg } = refusal.parse(message);
        return { kind: 'refused', text: `${msg} (${code})`, next: afterErrors[code] ?? 'reconnect' };
      }
      case 'b': {
        const { S, o, h, l, c, v, t } = bar.parse(message);
        return { kind: 'bar', symbol: S, time: nanosOf(t), open: o, high: h, low: l, close: c, volume: v };
      }
      case 'q': {
        const { S, bp, bs, ap, as, t } = quote.parse(message);
        return { kind: 'quote', symbol: S, time: nanosOf(t), bid: displayed(bp, bs), ask: displayed(ap, as) };
      }
      case 's': {
        const { S, sc, t } = status.parse(message);
        // Codes of the UTP and CTA plans: halts and resumptions of trading; others leave it as it is.
        if (sc !== 'H' && sc !== 'T' && sc !== '2' && sc !== '3') return null;
        return { kind: 'status', symbol: S, time: nanosOf(t), isTrading: sc === 'T' || sc === '3' };
      }
      default:
        return null;
    }
  },
};
