import { z } from 'zod';
import { closestNames } from '../../core/closest-names.ts';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { FeatureMatrix } from '../../features/feature-set.ts';
import type { Normaliser } from '../../features/normalise.ts';
import { rangesOf } from '../../features/training-rows.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { rowsOf, type SessionParts, sessionCount } from '../env/market.ts';

/** Features that an agent does not get to see. Its network, its parameters and its random numbers stay as they are. */
export const withheldFeatures = z.strictObject({
  features: z
    .array(z.string().min(1))
    .min(1)
    .meta({ description: 'names of features, of every symbol; `*` stands for any characters: `ofi_*`' }),
  how: z.enum(['zero', 'shuffle']).default('zero').meta({
    description:
      '`zero`: 0 after the normalisation; `shuffle`: the values of the same minute of another session, which shows what mere inputs do',
  }),
});

export type Withheld = Readonly<z.output<typeof withheldFeatures>>;

/**
 * Columns of a matrix that are withheld; names are without their symbol.
 * @throws AssayError `config_invalid` for a name that no column has.
 */
export function withheldColumns({ features }: Pick<Withheld, 'features'>, names: readonly string[]): readonly number[] {
  const own = names.map((name) => name.slice(name.lastIndexOf('.') + 1));
  const columns = new Set<number>();
  for (const wanted of features) {
    const pattern = new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`);
    const found = own.flatMap((name, column) => (pattern.test(name) ? [column] : []));
    if (found.length === 0)
      throw new AssayError('config_invalid', `no feature is named ${wanted}`, {
        place: 'withhold.features',
        hint: `did you mean ${closestNames(wanted, [...new Set(own)]).join(', ') || own.join(', ')}?`,
      });
    for (const column of found) columns.add(column);
  }
  return [...columns].sort((a, b) => a - b);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** The normaliser that gives 0 in these columns, in a saved policy as well: a column without deviation becomes 0. */
export function withoutColumns(normaliser: Normaliser, columns: readonly number[]): Normaliser {
  const sd = [...normaliser.sd];
  for (const column of columns) sd[column] = 0;
  return { ...normaliser, sd };
}

/**
 * The matrix with the rows of these columns permuted between sessions, at the same time since each session's open; all columns of a row move
 * together, and no row stays where another session has its time (Sattolo 1986: one cycle). Rows of the training part stay in it. The same
 * permutation for every seed and trial.
 * @throws AssayError `config_invalid` where the training part or the rest is a single session, which has no other to take values from.
 */
export function shuffled(matrix: FeatureMatrix, columns: readonly number[], bars: AlignedBars, train: SessionParts): FeatureMatrix {
  const values = Float32Array.from(matrix.values);
  const { width, rows, warmUpBars } = matrix;
  const parts = rangesOf(train);
  const training = parts.map((part) => rowsOf(bars, part));
  const trained = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  refuseSingle(trained, 'the training part');
  refuseSingle(sessionCount(bars) - trained, 'what is not trained on');
  const rng = createRng('withheld features');
  for (const places of placesByTime(bars, rows, warmUpBars, (row) => training.some(({ from, to }) => row >= from && row < to))) {
    const sources = [...places];
    for (let i = sources.length - 1; i > 0; i--) {
      const j = rng.int(i);
      [sources[i], sources[j]] = [sources[j]!, sources[i]!];
    }
    for (const [i, row] of places.entries())
      for (const column of columns) values[row * width + column] = matrix.values[sources[i]! * width + column]!;
  }
  return { ...matrix, values };
}

function refuseSingle(sessions: number, what: string): void {
  if (sessions !== 1) return;
  throw new AssayError('config_invalid', `${what} is a single session, which has no other to take shuffled values from`, {
    place: 'withhold.how',
    hint: 'test or purge more sessions, or take `zero`',
  });
}

/** Rows after the warm-up that are as far from their session's open, apart for the training part and the rest. */
function placesByTime(bars: AlignedBars, rows: number, from: number, isTraining: (row: number) => boolean): Iterable<readonly number[]> {
  const groups = new Map<string, number[]>();
  let opened = { session: Number.NaN, openMs: Number.NaN };
  for (let row = from; row < rows; row++) {
    const session = bars.session[row]!;
    if (session !== opened.session) opened = { session, openMs: bars.calendar.sessionAt(bars.time[row]!)?.openMs ?? bars.time[row]! };
    const key = `${bars.time[row]! - opened.openMs} ${isTraining(row)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups.values();
}
