import type { Row } from '../space/codec.ts';
import type { FlatParam } from '../space/compile.ts';
import type { LeafParam } from '../space/param.ts';

/** Cell of each trial's value on a parameter's grid; -1 for a trial without the parameter. */
export interface GridColumn {
  readonly cells: Int16Array;
  /** Number of cells. */
  readonly size: number;
  /** True if the cells are choices, without an order. */
  readonly choices: boolean;
}

const finest = 50;

/** @param rows internal values, one row per trial */
export function gridColumn({ index, param, single }: FlatParam, rows: readonly Row[]): GridColumn {
  const size = single ? 1 : gridSize(param);
  const cellOf = single ? () => 0 : cellsOf(param);
  const cells = Int16Array.from(rows, (row) => (Number.isNaN(row[index]!) ? -1 : Math.min(Math.max(cellOf(row[index]!), 0), size - 1)));
  return { cells, size, choices: param.type === 'choice' };
}

function gridSize(param: LeafParam): number {
  if (param.type === 'choice') return param.choices.length;
  const { type, low, high, log, step } = param;
  // The quotient of two logs, not log2, as in the reference implementation: they round powers of two differently.
  if (type === 'int' && log) return Math.min(Math.ceil(Math.log(high - low + 1) / Math.log(2)) + 1, finest);
  return step === null ? finest : Math.min(Math.round((high - low) / step) + 1, finest);
}

/** Returns the function from an internal value to its nearest cell; ties go to the lower one. */
function cellsOf(param: LeafParam): (value: number) => number {
  if (param.type === 'choice') return (value) => value;
  const scale = param.log ? Math.log : (x: number): number => x;
  const [low, high] = [scale(param.low), scale(param.high)];
  const width = (high - low) / (gridSize(param) - 1);
  return (value) => Math.ceil((scale(value) - low) / width - 0.5);
}
