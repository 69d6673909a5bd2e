import { AssayError } from '../../core/errors.ts';
import { compileSpace, type FlatParam } from '../../search/space/compile.ts';
import { meant } from '../../storage/readers/find.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import type { ChartAxis } from '../routes/charts/common.ts';
import type { ColumnWanted } from './columns.ts';
import { fieldColumn } from './figure.ts';

/** Key of a parameter's column. */
export const paramKey = (name: string): string => `param:${name}`;

/** The column of a parameter. */
export function paramColumn(study: StudyRow, { name }: Pick<FlatParam, 'name'>): ColumnWanted {
  return fieldColumn(study, paramKey(name), 'params');
}

/**
 * Parameters of a study by their names, each once; undefined: all.
 * @throws AssayError `usage` for an unknown name
 */
export function paramsOf({ name: study, space }: StudyRow, names: readonly string[] | undefined, place = 'params'): readonly FlatParam[] {
  const { params, byName } = compileSpace(space);
  if (names === undefined) return params;
  return [...new Set(names)].map((name) => {
    const param = byName.get(name);
    if (param !== undefined) return param;
    const known = [...byName.keys()];
    throw new AssayError('usage', `${study} has no parameter ${JSON.stringify(name)}`, {
      place,
      hint: meant(name, known, `there are ${known.join(', ')}`),
    });
  });
}

/** Parameters that every study may be asked for at once, and the most of a study with few trials. */
const [leastParams, mostParams] = [60, 1000];
/** Memory that the columns of one request's parameters may take. */
const bytesOfParams = 256 * 2 ** 20;

/** Parameters of a study that a chart reads at most: each takes a double of each trial while it is answered. */
export function mostParamsOf({ nextNumber }: Pick<StudyRow, 'nextNumber'>): number {
  return Math.max(leastParams, Math.min(mostParams, Math.floor(bytesOfParams / (8 * Math.max(1, nextNumber)))));
}

/** A parameter as an axis. */
export function axisOf({ name, param }: Pick<FlatParam, 'name' | 'param'>): ChartAxis {
  if (param.type === 'choice')
    return { name, kind: 'choice', log: false, low: 0, high: param.choices.length - 1, labels: [...param.choices] };
  return { name, kind: param.type, log: param.log, low: param.low, high: param.high };
}

/** An axis cut into cells of equal width, on a log axis of equal ratio. */
export interface Cells {
  readonly n: number;
  /** Cell of a value, from 0; values beyond the ends are in the outermost. */
  readonly cellOf: (value: number) => number;
  readonly middles: readonly number[];
}

/** At most `most` cells: one for each value of a choice and of a short range of whole numbers. */
export function cellsOf({ kind, log, low, high }: ChartAxis, most: number): Cells {
  const isWhole = kind !== 'float' && (kind === 'choice' || (!log && high - low < most));
  if (isWhole) {
    const n = high - low + 1;
    return { n, cellOf: (value) => clamped(Math.round(value) - low, n), middles: Array.from({ length: n }, (_, i) => low + i) };
  }
  const to = (value: number): number => (log ? Math.log(value) : value);
  const [from, width] = [to(low), to(high) - to(low)];
  const n = width > 0 ? most : 1;
  const middle = (i: number): number => from + ((i + 0.5) / n) * width;
  return {
    n,
    cellOf: (value) => (n === 1 ? 0 : clamped(Math.floor(((to(value) - from) / width) * n), n)),
    middles: Array.from({ length: n }, (_, i) => (log ? Math.exp(middle(i)) : middle(i))),
  };
}

function clamped(cell: number, n: number): number {
  return Math.max(0, Math.min(n - 1, cell));
}
