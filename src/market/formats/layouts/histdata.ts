import type { Layout } from './layout.ts';

export const histdata: Layout = {
  id: 'histdata',
  title: 'HistData.com minute bars, generic ASCII (no header, semicolons, no volume)',
  source:
    'http://www.histdata.com/f-a-q/data-files-detailed-specification/: bid quotes, Eastern Standard Time without daylight saving, volume 0',
  example: ['20120201 000000;1.306600;1.306600;1.306560;1.306560;0'],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume'],
  separator: ';',
  zone: 'Etc/GMT+5',
  stamp: 'start',
  order: 'ascending',
  volume: 'none',
};

export const histdataMetatrader: Layout = {
  id: 'histdata-mt',
  title: 'HistData.com minute bars for MetaTrader (no header, no volume)',
  source: histdata.source,
  example: ['2012.02.01,00:00,1.306600,1.306600,1.306560,1.306560,0'],
  fields: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
  separator: ',',
  zone: 'Etc/GMT+5',
  stamp: 'start',
  order: 'ascending',
  volume: 'none',
};
