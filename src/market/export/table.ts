import { type AlignedBars, barFields, type ContractLabels } from '../bars.ts';

/** A column of the exported table; `isPartial`: some symbols do not have it. */
export interface ExportColumn {
  readonly name: string;
  readonly kind: 'time' | 'text' | 'number';
  readonly isPartial: boolean;
}

/** The values of one column for the rows of one symbol: epoch milliseconds, numbers, texts, or null where the symbol has none. */
export type ExportValues = Float64Array | ((row: number) => string) | null;

/** The bars of all symbols as one table: `time`, `symbol`, the five columns, then the contracts' two and named columns where there are any. */
export interface ExportTable {
  /** Rows of each symbol, in time order; one symbol follows the other. */
  readonly rowsPerSymbol: number;
  readonly columns: readonly ExportColumn[];
  /** Per symbol, values parallel to `columns`. */
  readonly symbols: readonly (readonly ExportValues[])[];
}

export function exportTable(bars: AlignedBars): ExportTable {
  const hasContracts = bars.contracts.some((contract) => contract !== null);
  const named = [...new Set(bars.columns.flatMap((columns) => Object.keys(columns)))];
  const isPartial = (name: string): boolean => bars.columns.some((columns) => !Object.hasOwn(columns, name));
  return {
    rowsPerSymbol: bars.time.length,
    columns: [
      { name: 'time', kind: 'time', isPartial: false },
      { name: 'symbol', kind: 'text', isPartial: false },
      ...barFields.map((name) => ({ name, kind: 'number', isPartial: false }) as const),
      ...(hasContracts
        ? ([
            { name: 'contract', kind: 'text', isPartial: bars.contracts.includes(null) },
            { name: 'previousOpen', kind: 'number', isPartial: bars.contracts.includes(null) },
          ] as const)
        : []),
      ...named.map((name) => ({ name, kind: 'number', isPartial: isPartial(name) }) as const),
    ],
    symbols: bars.symbols.map((symbol, i) => {
      const contract = bars.contracts[i] ?? null;
      return [
        bars.time,
        () => symbol,
        ...barFields.map((field) => bars.bars[i]![field]),
        ...(hasContracts ? contractValues(contract) : []),
        ...named.map((name) => (Object.hasOwn(bars.columns[i]!, name) ? bars.columns[i]![name]! : null)),
      ];
    }),
  };
}

function contractValues(contract: ContractLabels | null): readonly ExportValues[] {
  if (contract === null) return [null, null];
  return [(row) => contract.names[contract.index[row]!]!, contract.previousOpen];
}
