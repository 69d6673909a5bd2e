import type { Layout } from './layout.ts';

export const alpaca: Layout = {
  id: 'alpaca',
  title: 'Alpaca bars: REST pages (JSON) of one symbol or several, and data frames of alpaca-py saved as CSV',
  source: 'https://docs.alpaca.markets/reference/stockbars: t is the start of the bar, RFC 3339 in UTC',
  example: [
    'symbol,timestamp,open,high,low,close,volume,trade_count,vwap',
    'AAPL,2024-01-03 14:30:00+00:00,184.22,184.59,183.93,184.46,1230145.0,14226.0,184.27',
  ],
  signature: ['timestamp', 'trade_count', 'vwap'],
  distinct: true,
  zone: 'UTC',
  stamp: 'start',
  order: null,
};
