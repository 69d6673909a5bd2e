import type { Layout } from './layout.ts';

export const databento: Layout = {
  id: 'databento',
  title: 'Databento OHLCV as CSV, pretty (decimal prices, ISO times) or not (billionths, nanoseconds), each by itself',
  source:
    'https://databento.com/docs/standards-and-conventions/common-fields-enums-types: prices in units of 1e-9, ts_event of a bar is the start of its interval',
  example: [
    'ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol',
    '2022-12-15T00:00:00.000000000Z,33,1,206299,4037.750000000,4037.750000000,4037.500000000,4037.500000000,19,ESH3',
  ],
  names: { datetime: 'ts_event', symbol: 'symbol' },
  signature: ['ts_event', 'rtype', 'publisher_id', 'instrument_id', 'open', 'high', 'low', 'close', 'volume'],
  distinct: true,
  fixedPoint: true,
  zone: 'UTC',
  stamp: 'start',
  order: null,
  note: 'without a symbol column choose by --symbol-column instrument_id --only 206299=ESH3',
};
