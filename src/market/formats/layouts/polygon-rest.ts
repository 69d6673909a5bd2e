import type { Layout } from './layout.ts';

export const polygonRest: Layout = {
  id: 'polygon-rest',
  title: 'Polygon (Massive) REST pages of aggregates, JSON',
  source: 'https://polygon.io/docs/rest/stocks/aggregates/custom-bars: t is the start of the window in milliseconds',
  example: [
    '{"ticker":"AAPL","queryCount":1,"resultsCount":1,"adjusted":true,"results":[{"v":4930,"vw":200.4,"o":200.29,"c":200.5,"h":200.63,"l":200.29,"t":1744792500000,"n":129}],"status":"OK"}',
  ],
  names: { datetime: 't', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
  signature: ['v', 'vw', 'o', 'c', 'h', 'l', 't', 'n'],
  zone: 'UTC',
  stamp: 'start',
  order: null,
};
