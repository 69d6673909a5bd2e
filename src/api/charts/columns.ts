import type { SQL } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { baseColumns, type PackedTrials, readEndedColumns, readTrialColumns } from '../../storage/readers/trial-columns.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';

/** Trials of a study that were begun, by number: entry n of each column is of trial n. Numbers are dense, so nothing is searched for. */
export interface TrialColumns {
  /** Length of the columns. */
  readonly n: number;
  /** Place in the list of states, from 1; 0: queued, or no such trial. */
  readonly state: Uint8Array;
  /** 1: every constraint is met. */
  readonly feasible: Uint8Array;
  /** First objective of complete trials; NaN: none. */
  readonly value: Float64Array;
  /** Newest report and its step; NaN: none. */
  readonly last: Float64Array;
  readonly lastStep: Float64Array;
  /** Milliseconds since 1970; NaN: never. */
  readonly started: Float64Array;
  readonly finished: Float64Array;
  /** The columns that were asked for, by key. */
  readonly further: ReadonlyMap<string, Float64Array>;
}

/** A column beside those of {@link TrialColumns}. */
export interface ColumnWanted {
  /** The same for the same expression, within a study. */
  readonly key: string;
  readonly expression: SQL;
}

type Draw<Result> = (columns: TrialColumns, revision: number) => Result;

export interface ColumnStore {
  /**
   * Calls `draw` with the columns as they are now. They are the store's own and change later: `draw` takes from them what it needs before it
   * returns.
   * @throws AssayError `not_found` if the study has gone
   */
  readonly withColumns: <Result>(study: StudyRow, wanted: readonly ColumnWanted[], draw: Draw<Result>) => Promise<Result>;
  /** Bytes of all columns that are kept. */
  readonly bytes: () => number;
}

type BaseName = keyof typeof baseColumns;
const baseNames = Object.keys(baseColumns) as readonly BaseName[];
const baseKey = (name: BaseName): string => `base:${name}`;
const isBase = (key: string): boolean => key.startsWith('base:');

interface Column {
  readonly expression: SQL;
  data: Float64Array | Uint8Array;
  /** Turn of the last request that used it. */
  usedAt: number;
}

interface Kept {
  readonly id: number;
  readonly createdAt: number;
  /** Choices are kept as places in the lists of this space. */
  readonly spaceHash: string;
  /** The largest revision of an ended trial that was read. */
  seen: number;
  /** One more than the largest number that was read. */
  n: number;
  /** Numbers of the trials that are running or paused. */
  open: Int32Array;
  readonly columns: Map<string, Column>;
}

/** Columns of a study that are kept beside the usual ones, unless a single request needs more: each is read again with every request. */
const mostFurther = 200;

/**
 * Keeps columns of trials in memory. Ended trials never change, so a request reads only those that ended since the last one, by revision, and
 * the open ones. Further columns are read when they are first asked for. What was not used for longest is dropped when all together exceed
 * `mostBytes`, or a study's further ones are many; a request may exceed that while it is answered.
 */
export function createColumnStore(db: Db, mostBytes: number): ColumnStore {
  const studies = new Map<number, Kept>();
  /**
   * The newest request of each study. Requests of a study read one after the other, also where it is dropped in between, so that an older
   * answer never follows a newer one.
   */
  const newest = new Map<number, Promise<void>>();
  let turns = 0;

  const bytes = (): number => {
    let sum = 0;
    for (const { columns } of studies.values()) for (const { data } of columns.values()) sum += data.byteLength;
    return sum;
  };

  const forget = (study: Kept): void => {
    if (studies.get(study.id) === study) studies.delete(study.id);
  };

  /** A study without the base columns is forgotten whole. */
  const drop = (study: Kept, key: string): void => {
    if (isBase(key)) forget(study);
    else study.columns.delete(key);
  };

  const keepWithin = (): void => {
    while (bytes() > mostBytes) {
      let oldest: { readonly study: Kept; readonly key: string; readonly usedAt: number } | undefined;
      for (const study of studies.values())
        for (const [key, { usedAt }] of study.columns) if (oldest === undefined || usedAt < oldest.usedAt) oldest = { study, key, usedAt };
      if (oldest === undefined) return;
      drop(oldest.study, oldest.key);
    }
  };

  const keepFew = ({ columns }: Kept, most: number): void => {
    const further = [...columns].filter(([key]) => !isBase(key)).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key] of further.slice(0, Math.max(0, further.length - most))) columns.delete(key);
  };

  /**
   * Studies are known by key and time of creation: one that was removed and created again, also by restoring a database, is another one. So is
   * one whose space has changed, since its choices have other places.
   */
  const keptOf = ({ id, createdAt, spaceHash }: StudyRow): Kept => {
    const known = studies.get(id);
    if (known?.createdAt === createdAt.getTime() && known.spaceHash === spaceHash) return known;
    const kept: Kept = {
      id,
      createdAt: createdAt.getTime(),
      spaceHash,
      seen: 0,
      n: 0,
      open: new Int32Array(0),
      columns: new Map(baseNames.map((name) => [baseKey(name), newColumn(baseColumns[name], isSmall(name))])),
    };
    studies.set(id, kept);
    return kept;
  };

  const answer = async <Result>(study: StudyRow, wanted: readonly ColumnWanted[], draw: Draw<Result>): Promise<Result> => {
    const kept = keptOf(study);
    turns += 1;
    const usedAt = turns;
    const missing = wanted.filter(({ key }) => !kept.columns.has(key));
    const further = missing.map(({ key, expression }) => [key, newColumn(expression, false)] as const);
    if (kept.seen > 0 && further.length > 0) {
      const expressions = further.map(([, { expression }]) => expression);
      const filled = await readEndedColumns(db, study.id, kept.seen, expressions);
      for (const [i, [, column]] of further.entries()) put(column, filled.numbers, filled.columns[i]!, kept.n);
    }
    // A request of another study may drop columns meanwhile; this one keeps its own.
    const columns = new Map([...kept.columns, ...further]);
    for (const name of baseNames) columns.get(baseKey(name))!.usedAt = usedAt;
    for (const { key } of wanted) columns.get(key)!.usedAt = usedAt;

    const expressions = [...columns.values()].map(({ expression }) => expression);
    const found = await readTrialColumns(db, study.id, kept.seen, expressions);
    if (found === null) {
      forget(kept);
      throw new AssayError('not_found', `study ${study.name} was removed at this moment`, { hint: 'assay study ls shows all' });
    }
    // A server that was restored from an older copy counts again from there.
    if (found.revision < kept.seen) {
      forget(kept);
      return answer(study, wanted, draw);
    }
    // Only now: a column that cannot be read is none of the next request.
    for (const [key, column] of further) kept.columns.set(key, column);
    apply(kept, [...columns.values()], found);
    kept.seen = found.seen;
    keepFew(kept, Math.max(mostFurther, wanted.length));
    return draw(viewOf(kept.n, columns, wanted), found.revision);
  };

  return {
    bytes,
    withColumns: (study, wanted, draw) => {
      const before = newest.get(study.id) ?? Promise.resolve();
      const turn = before.then(() => answer(study, wanted, draw)).finally(keepWithin);
      const forgetTurn = (): void => {
        if (newest.get(study.id) === settled) newest.delete(study.id);
      };
      // The next request reads whatever this one met.
      const settled = turn.then(forgetTurn, forgetTurn);
      newest.set(study.id, settled);
      return turn;
    },
  };
}

const isSmall = (name: BaseName): boolean => name === 'state' || name === 'feasible';

function newColumn(expression: SQL, small: boolean): Column {
  return { expression, data: small ? new Uint8Array(0) : new Float64Array(0), usedAt: 0 };
}

/** Sets the values of some trials. `n`: the length that the column needs. */
function put(column: Column, numbers: Int32Array, values: Float64Array, n: number): void {
  if (column.data.length < n) column.data = longer(column.data, n);
  const { data } = column;
  for (let i = 0; i < numbers.length; i++) data[numbers[i]!] = values[i]!;
}

/** With room for a quarter more, so that a growing study is seldom copied. */
function longer(data: Float64Array | Uint8Array, n: number): Float64Array | Uint8Array {
  const length = data.length === 0 ? n : Math.ceil(n * 1.25);
  const grown = data instanceof Uint8Array ? new Uint8Array(length) : new Float64Array(length).fill(Number.NaN, data.length);
  grown.set(data as never);
  return grown;
}

/** Puts newly ended trials in place, and the open ones in the place of those that were open before. */
function apply(
  kept: Kept,
  columns: readonly Column[],
  { ended, open }: { readonly ended: PackedTrials; readonly open: PackedTrials },
): void {
  kept.n = Math.max(kept.n, 1 + largest(ended.numbers), 1 + largest(open.numbers));
  for (const [i, column] of columns.entries()) {
    const none = column.data instanceof Uint8Array ? 0 : Number.NaN;
    // A trial that was open may be queued again, or gone with a crash of the server.
    for (const number of kept.open) column.data[number] = none;
    put(column, ended.numbers, ended.columns[i]!, kept.n);
    put(column, open.numbers, open.columns[i]!, kept.n);
  }
  kept.open = open.numbers;
}

function largest(numbers: Int32Array): number {
  let most = -1;
  for (const number of numbers) if (number > most) most = number;
  return most;
}

function viewOf(n: number, columns: ReadonlyMap<string, Column>, wanted: readonly ColumnWanted[]): TrialColumns {
  const doubles = (key: string): Float64Array => (columns.get(key)!.data as Float64Array).subarray(0, n);
  const bytes = (name: BaseName): Uint8Array => (columns.get(baseKey(name))!.data as Uint8Array).subarray(0, n);
  const base = (name: BaseName): Float64Array => doubles(baseKey(name));
  return {
    n,
    state: bytes('state'),
    feasible: bytes('feasible'),
    value: base('value'),
    last: base('last'),
    lastStep: base('lastStep'),
    started: base('started'),
    finished: base('finished'),
    further: new Map(wanted.map(({ key }) => [key, doubles(key)])),
  };
}
