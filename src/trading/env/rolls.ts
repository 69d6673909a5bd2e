import type { ContractLabels } from '../../market/bars.ts';

/**
 * The price at which a held contract is sold where it is rolled: on the first bar of a new contract the old one's open; where the old one
 * has no bar at that time its last close. NaN in every other row. The difference to the new contract's open is no return.
 */
export function rollPrices({ index, previousOpen }: ContractLabels, close: Float64Array): Float64Array {
  return index.map((contract, row) => {
    if (row === 0 || contract === index[row - 1]) return Number.NaN;
    const old = previousOpen[row]!;
    return Number.isNaN(old) ? close[row - 1]! : old;
  });
}
