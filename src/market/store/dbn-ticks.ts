import { AssayError } from '../../core/errors.ts';
import type { DbnHeader } from '../dbn/header.ts';
import { priceScale } from '../dbn/kinds.ts';
import { SymbolTable } from '../dbn/symbols.ts';
import { knownInstrument } from '../instruments.ts';

/**
 * The tick of an instrument in units of 1e-9: as it is declared, else that of a known product.
 * @throws AssayError `usage` where neither says it.
 */
export function tickOf(instrumentId: number, symbols: SymbolTable, declared: number | undefined, place: string): number {
  const names = symbols.namesOf(instrumentId);
  const tick = declared ?? knownInstrument(names[0]!)?.tick;
  if (tick !== undefined) return Math.round(tick * priceScale);
  throw new AssayError('usage', `the tick of ${names.join(', ')} (${instrumentId}) is not known`, {
    place,
    hint: 'declare it: --tick 0.25; an import also takes a file of definitions: --definitions x.definition.dbn.zst',
  });
}

/** As {@link tickOf}, with the symbols of a header. */
export function tickOfSymbols(instrumentId: number, header: DbnHeader, declared: number | undefined, place: string): number {
  const symbols = new SymbolTable();
  symbols.add(header);
  return tickOf(instrumentId, symbols, declared, place);
}
