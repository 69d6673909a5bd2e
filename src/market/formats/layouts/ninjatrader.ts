import type { Layout } from './layout.ts';

export const ninjatrader: Layout = {
  id: 'ninjatrader',
  title: 'NinjaTrader 8, export of minute and day bars (no header, semicolons)',
  source:
    'https://ninjatrader.com/support/helpGuides/nt8/en-us/importing.htm (format; exports are always in UTC); help guide, "How Does NinjaTrader Build Chart Bars": a bar is stamped with its closing time',
  example: ['20180216 143100;245.4;245.74;245.4;245.69;273668'],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume'],
  separator: ';',
  zone: 'UTC',
  stamp: 'end',
  order: 'ascending',
  note: 'files that others made for an import into NinjaTrader may be in another zone: --zone takes precedence',
};
