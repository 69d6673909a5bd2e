import { AssayError } from '../../../core/errors.ts';
import { alpaca } from './alpaca.ts';
import { binanceFutures, binanceSpot } from './binance.ts';
import { databento } from './databento.ts';
import { dukascopy } from './dukascopy.ts';
import { finam } from './finam.ts';
import { firstrate } from './firstrate.ts';
import { histdata, histdataMetatrader } from './histdata.ts';
import { interactiveBrokers } from './interactive-brokers.ts';
import { kibot } from './kibot.ts';
import { kraken } from './kraken.ts';
import type { Layout } from './layout.ts';
import { metatrader4, metatrader5 } from './metatrader.ts';
import { ninjatrader } from './ninjatrader.ts';
import { pandas } from './pandas.ts';
import { polygonFlat } from './polygon-flat.ts';
import { polygonRest } from './polygon-rest.ts';
import { tradestation } from './tradestation.ts';
import { tradingview } from './tradingview.ts';
import { yfinance } from './yfinance.ts';

/** All layouts, in the order of their names. */
export const layouts: readonly Layout[] = [
  alpaca,
  binanceFutures,
  binanceSpot,
  databento,
  dukascopy,
  finam,
  firstrate,
  histdata,
  histdataMetatrader,
  interactiveBrokers,
  kibot,
  kraken,
  metatrader4,
  metatrader5,
  ninjatrader,
  pandas,
  polygonFlat,
  polygonRest,
  tradestation,
  tradingview,
  yfinance,
];

/** @throws AssayError `usage` for an unknown name. */
export function layoutOf(id: string): Layout {
  const layout = layouts.find((one) => one.id === id);
  if (layout !== undefined) return layout;
  throw new AssayError('usage', `unknown layout ${JSON.stringify(id)}`, {
    hint: `known layouts: ${layouts.map((one) => one.id).join(', ')}; \`assay data layouts\` shows an example of each`,
  });
}
