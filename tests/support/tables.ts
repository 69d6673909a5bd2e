import { hashOf } from '../../src/core/json.ts';
import type { SharedTable } from '../../src/core/table.ts';
import type { AlignedBars } from '../../src/market/bars.ts';

/** Bars as a loaded data set, without the disk. */
export function tableOf(bars: AlignedBars): SharedTable {
  const columns: Record<string, Float64Array> = { time: bars.time, session: bars.session };
  bars.symbols.forEach((symbol, k) => {
    for (const [field, values] of Object.entries(bars.bars[k]!)) columns[`${symbol}.${field}`] = values;
  });
  const meta = { symbols: [...bars.symbols], barMs: bars.barMs };
  return { name: 'test', hash: hashOf(meta), rows: bars.time.length, columns, meta };
}
