import type { Layout } from './layout.ts';

const columns = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

export const binanceSpot: Layout = {
  id: 'binance-spot',
  title: 'Binance archives of spot klines (zip or csv without a header), and REST pages of klines',
  source:
    'https://github.com/binance/binance-public-data (README; issue 386): milliseconds, and microseconds from 2025-01-01; open time is the start',
  example: [
    '1735689600000000,0.31600000,0.31600000,0.31600000,0.31600000,27.00000000,1735689659999999,8.53200000,1,0.00000000,0.00000000,0',
  ],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume', '-', '-', '-', '-', '-', '-'],
  separator: ',',
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
};

export const binanceFutures: Layout = {
  id: 'binance-futures',
  title: 'Binance archives of futures klines, with a header line or (older ones) without',
  source: 'https://github.com/binance/binance-public-data (README): milliseconds; open_time is the start',
  example: [columns, '1690848000000,4.255,4.256,4.252,4.252,25259.1,1690848059999,107451.0165,208,5452.3,23199.1103,0'],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume', '-', '-', '-', '-', '-', '-'],
  names: { datetime: 'open_time' },
  signature: ['open_time', 'close_time', 'quote_volume', 'taker_buy_volume'],
  distinct: true,
  separator: ',',
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
};
