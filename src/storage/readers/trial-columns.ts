import { endianness } from 'node:os';
import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { trialStates } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { trialField } from './trial-fields.ts';
import { whereCondition } from './where.ts';

/** Numbers of trials and, for each column, one double of each; NaN where a trial has no value, or NaN. */
export interface PackedTrials {
  readonly numbers: Int32Array;
  readonly columns: readonly Float64Array[];
}

/** Trials that ended after a revision, and all that are running or paused, of one moment. Queued trials are not read. */
export interface TrialColumnsRead {
  /** Of the study. */
  readonly revision: number;
  /** The largest revision of `ended`, or that asked for. */
  readonly seen: number;
  readonly ended: PackedTrials;
  readonly open: PackedTrials;
}

/** Columns of one statement: PostgreSQL takes 1,664 results of one, and two are read of each column. */
const mostOfStatement = 400;

/**
 * Reads columns of trials as packed doubles, which is several times faster than rows. Ended trials never change and are on disk when they can
 * be read, so a process may keep them and ask for newer ones only. More columns than a statement holds are read in parts, of one moment.
 * @param columns numeric expressions over `trials`
 * @returns null: the study is gone
 */
export async function readTrialColumns(db: Db, study: StudyId, since: number, columns: readonly SQL[]): Promise<TrialColumnsRead | null> {
  if (columns.length <= mostOfStatement) return readPart(db, study, since, columns);
  return db.transaction(
    async (tx) => {
      const parts: TrialColumnsRead[] = [];
      for (const some of partsOf(columns)) {
        const part = await readPart(tx, study, since, some);
        if (part === null) return null;
        parts.push(part);
      }
      return { ...parts[0]!, ended: joined(parts.map(({ ended }) => ended)), open: joined(parts.map(({ open }) => open)) };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function readPart(db: Db, study: StudyId, since: number, columns: readonly SQL[]): Promise<TrialColumnsRead | null> {
  const { rows } = await db.execute<PackedRow>(sql`
    select studies.revision, ended.*, open.* from studies,
      lateral (
        select coalesce(max(revision), ${since}::bigint) as seen, ${packed('ended', columns)}
        from trials where study_id = studies.id and revision > ${since}::bigint and ${hasEnded}
      ) as ended,
      lateral (
        select ${packed('open', columns)} from (
          select * from trials where study_id = studies.id and state = 'running'
          union all select * from trials where study_id = studies.id and paused_by is not null
        ) as trials
      ) as open
    where studies.id = ${study}`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    revision: Number(row['revision']),
    seen: Number(row['seen']),
    ended: unpack(row, 'ended', columns.length),
    open: unpack(row, 'open', columns.length),
  };
}

/** Reads further columns of the trials that had ended at a revision, in parts where there are many: those trials no longer change. */
export async function readEndedColumns(db: Db, study: StudyId, until: number, columns: readonly SQL[]): Promise<PackedTrials> {
  const parts: PackedTrials[] = [];
  for (const some of partsOf(columns)) {
    const { rows } = await db.execute<PackedRow>(
      sql`select ${packed('ended', some)} from trials where study_id = ${study} and revision <= ${until}::bigint and ${hasEnded}`,
    );
    parts.push(unpack(rows[0]!, 'ended', some.length));
  }
  return joined(parts);
}

function partsOf(columns: readonly SQL[]): readonly (readonly SQL[])[] {
  const parts = Math.max(1, Math.ceil(columns.length / mostOfStatement));
  return Array.from({ length: parts }, (_, i) => columns.slice(i * mostOfStatement, (i + 1) * mostOfStatement));
}

/** The columns of all parts in the order of the first one's trials: statements may meet the rows of a table in different orders. */
function joined(parts: readonly PackedTrials[]): PackedTrials {
  const { numbers } = parts[0]!;
  const inOrder = ({ numbers: own, columns }: PackedTrials): readonly Float64Array[] => {
    if (own.length === numbers.length && own.every((number, i) => number === numbers[i])) return columns;
    const places = new Map(Array.from(own, (number, i) => [number, i]));
    return columns.map((column) => Float64Array.from(numbers, (number) => column[places.get(number) ?? -1] ?? Number.NaN));
  };
  return { numbers, columns: parts.flatMap(inOrder) };
}

const hasEnded = sql`state not in ('queued', 'running', 'paused')`;

type PackedRow = Readonly<Record<string, unknown>>;

/** The numbers, then each column, all in one order of the trials. Not as an array: its text form is slow to read. */
function packed(prefix: string, columns: readonly SQL[]): SQL {
  const named = (bytes: SQL, i: number): SQL => sql`string_agg(${bytes}, ''::bytea) as ${sql.identifier(`${prefix}${i}`)}`;
  return sql.join(
    [
      named(sql`int4send(${trials.number})`, 0),
      ...columns.map((column, i) => named(sql`float8send(coalesce((${column})::float8, 'NaN'))`, i + 1)),
    ],
    sql`, `,
  );
}

function unpack(row: PackedRow, prefix: string, columns: number): PackedTrials {
  const part = (i: number): Buffer => (row[`${prefix}${i}`] as Buffer | null) ?? Buffer.alloc(0);
  return { numbers: wholeNumbersOf(part(0)), columns: Array.from({ length: columns }, (_, i) => doublesOf(part(i + 1))) };
}

/** Whole numbers as PostgreSQL sends them, the most significant byte first. */
export function wholeNumbersOf(bytes: Buffer): Int32Array {
  const numbers = new Int32Array(bytes.length / 4);
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readInt32BE(4 * i);
  return numbers;
}

/** Doubles as PostgreSQL sends them, the most significant byte first. All are swapped at once: reading one by one took ten times as long. */
export function doublesOf(bytes: Buffer): Float64Array {
  const own = new Uint8Array(bytes);
  if (endianness() === 'LE') Buffer.from(own.buffer).swap64();
  return new Float64Array(own.buffer);
}

/** Place of the state in the list of states, from 1. */
const stateCode = sql`array_position(array[${sql.join(
  trialStates.map((state) => sql`${state}`),
  sql`, `,
)}]::trial_state[], ${trials.state})`;

const epochMs = (time: SQL): SQL => sql`floor(extract(epoch from ${time}) * 1000)`;

/** Columns that every chart needs. `value` and `last` without NaN. */
export const baseColumns = {
  state: stateCode,
  feasible: sql`${trials.feasible}::int`,
  value: sql`nullif(${trials.value}, 'NaN')`,
  last: sql`nullif(${trials.lastValue}, 'NaN')`,
  lastStep: sql`${trials.lastStep}::float8`,
  started: epochMs(sql`${trials.startedAt}`),
  finished: epochMs(sql`${trials.finishedAt}`),
} as const;

/**
 * Expression of a field for a column: a number, of a choice the place of the value in its list, from 0.
 * @throws AssayError `usage` for an unknown field, and for one that is no number
 */
export function columnOfField(study: StudyRow, name: string, place: string): SQL {
  const { kind, expression, choices = [] } = trialField(study, name, place);
  switch (kind) {
    case 'choice':
      // One bound list: a statement takes 65,535 values, and a column of each of many choices would bind more.
      return sql`array_position(${sql.param(choices.map((choice) => JSON.stringify(choice)))}::jsonb[], (${expression})::jsonb) - 1`;
    case 'boolean':
      return sql`(${expression})::int`;
    case 'time':
      return epochMs(expression);
    case 'number':
      return choices.length === 0 ? expression : sql`array_position(${sql.param(choices)}::float8[], ${expression}) - 1`;
    case 'text':
      throw new AssayError('usage', `${name} is a text, which no chart can draw`, {
        place,
        hint: 'take a parameter, a metric or an objective',
      });
  }
}

/** 1 where a trial meets all filters, else 0. @throws AssayError `usage` */
export function columnOfFilter(study: StudyRow, where: readonly string[]): SQL {
  const conditions = where.map((text) => whereCondition(study, text));
  return sql`coalesce((${sql.join(conditions, sql` and `)})::int, 0)`;
}
