import { AssayError } from '../../core/errors.ts';
import type { AlignedBars, BarColumns } from '../../market/bars.ts';
import { spread } from '../dual-ticker/price.ts';
import { logReturns } from '../dual-ticker/returns.ts';
import type { FeatureSet } from '../feature-set.ts';
import { sessionStarts } from '../windows.ts';
import { averageTrueRange, sessionVwapDistance, timeOfSession, volumeZscore } from './baseline.ts';
import { absorption, closeLocation, cumulativeFlow, flowPersistence, signedFlow } from './flow.ts';

const windows = { statistics: 60, cumulative: 3, persistence: 10, location: 5, trueRange: 14 } as const;
/** Minutes of a regular session. */
const sessionBars = 390;
/** Limit of the relative volume over the relative range. */
const absorptionLimit = 10;

const perSymbol = [
  'volumeZscore',
  'highLow',
  'sessionVwapDistance',
  'timeSin',
  'timeCos',
  'flow',
  'cumulativeFlow',
  'flowPersistence',
  'closeLocation',
  'absorption',
  'averageTrueRange',
] as const;

/**
 * The baseline of the second source without its regimes, and the part of its order flow that bars can show. Pressure is estimated from
 * returns and volumes, not observed in an order book, so the names contain flow and not order flow imbalance. Eleven features of each
 * of two symbols.
 */
export const barFlow: FeatureSet = {
  id: 'bar-flow@1',
  symbolCount: 2,
  perSymbol,
  warmUpBars: windows.statistics - 1,
  columns: ({ bars, session }: AlignedBars) => {
    if (bars.length !== 2) throw new AssayError('data_invalid', `bar-flow@1 needs bars of two symbols, not of ${bars.length}`);
    const starts = sessionStarts(session);
    return bars.flatMap((own) => ownFeatures(own, starts));
  },
};

function ownFeatures(bars: BarColumns, starts: Int32Array): readonly Float64Array[] {
  const flow = signedFlow(bars, logReturns(bars, starts), windows.statistics);
  return [
    volumeZscore(bars, windows.statistics),
    spread(bars),
    sessionVwapDistance(bars, starts),
    timeOfSession(starts, sessionBars, Math.sin),
    timeOfSession(starts, sessionBars, Math.cos),
    flow,
    cumulativeFlow(flow, windows.cumulative),
    flowPersistence(flow, windows.persistence),
    closeLocation(bars, windows.location),
    absorption(bars, windows.statistics, absorptionLimit),
    averageTrueRange(bars, starts, windows.trueRange),
  ];
}
