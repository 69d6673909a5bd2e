import type { Layout } from './layout.ts';

export const yfinance: Layout = {
  id: 'yfinance',
  title: 'yfinance: download(...).to_csv(), three header lines, one symbol or several',
  source:
    'https://github.com/ranaroussi/yfinance/issues/2269: field, ticker, name of the index; stamps with an offset, the start of the bar',
  example: [
    'Price,Close,High,Low,Open,Volume',
    'Ticker,NVDA,NVDA,NVDA,NVDA,NVDA',
    'Datetime,,,,,',
    '2024-01-03 14:30:00+00:00,475.69,476.2,474.03,474.85,1713820',
  ],
  zone: null,
  stamp: 'start',
  order: 'ascending',
  note: 'daily bars carry a date only; "Adj Close" is left out',
};
