import { AssayError } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy } from '../../storage/readers/find.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import { fromUtcTo } from '../zone.ts';
import { exportToOptuna } from './optuna/export-optuna.ts';
import { grpcSink } from './optuna/grpc.ts';
import { journalSink } from './optuna/journal.ts';
import type { OptunaSink } from './optuna/sink.ts';
import { sqliteSink } from './optuna/sqlite.ts';
import type { Table } from './tables/column.ts';
import { evaluationTable, returnTable } from './tables/evaluations.ts';
import { reportTable } from './tables/reports.ts';
import { trialTable } from './tables/trials.ts';
import { type TableFormat, tableFormats, writeTable } from './tables/writer.ts';

const tables = { trials: trialTable, reports: reportTable, evaluations: evaluationTable, 'daily-returns': returnTable } as const;

export type What = keyof typeof tables;

export interface ExportOptions {
  readonly format: TableFormat | 'optuna';
  readonly what: What;
  /** A path, or for Optuna also `sqlite:///path`, `journal:path` or `grpc://host:port`. */
  readonly to: string;
  /** Only trials that had ended at this revision of the study (null: all, as they are). */
  readonly asOf: number | null;
  /** Zone of the times in a database of Optuna. */
  readonly zone: string;
  readonly onRows: (rows: number) => void;
}

export interface Exported {
  readonly study: string;
  /** The study's, of which everything is. */
  readonly revision: number;
  readonly format: ExportOptions['format'];
  readonly what: What;
  readonly to: string;
  readonly rows: number;
}

/**
 * Writes a study as it is at one moment, whatever runs meanwhile, in constant memory. The file has its name only once it is whole; a study in a
 * running storage of Optuna is deleted there if the export fails.
 * @throws AssayError `not_found` for the study; `usage` for a revision that it has not reached, or a file that is there
 */
export function exportStudy(db: Db, name: string, options: ExportOptions): Promise<Exported> {
  const { format, what, to, asOf, onRows } = options;
  return db.transaction(
    async (tx) => {
      const study = await findStudy(tx, name);
      if (asOf !== null && asOf > study.revision)
        throw new AssayError('usage', `study ${name} is at revision ${study.revision}`, {
          place: '--as-of',
          hint: 'give that or an earlier one',
        });
      const write = (table: Table<never>): Promise<number> =>
        writeTable(table, to, format as TableFormat, { facts: factsOf(study, what, asOf), onRows });
      const rows =
        format === 'optuna'
          ? await toOptuna(tx, study, options)
          : await write((await tables[what](tx, study, asOf)) as unknown as Table<never>);
      return { study: name, revision: asOf ?? study.revision, format, what, to, rows };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

function factsOf(study: StudyRow, what: What, asOf: number | null): Readonly<Record<string, string>> {
  return {
    'assay.study': study.name,
    'assay.what': what,
    'assay.revision': String(asOf ?? study.revision),
    'assay.space': JSON.stringify(study.space),
  };
}

async function toOptuna(tx: Db, study: StudyRow, { to, zone, asOf, onRows }: ExportOptions): Promise<number> {
  const sink = sinkOf(to, zone);
  try {
    const rows = await exportToOptuna(tx, study, asOf, sink, onRows);
    await sink.end();
    return rows;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function sinkOf(to: string, zone: string): OptunaSink {
  const fromUtc = fromUtcTo(zone);
  const remote = /^grpc:\/\/([^/]+:\d+)\/?$/i.exec(to)?.[1];
  if (remote !== undefined) return grpcSink(remote, fromUtc);
  const scheme = /^([a-z]{2,}):/i.exec(to)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'sqlite' && scheme !== 'journal')
    throw new AssayError('usage', `${JSON.stringify(to)} cannot be written to`, {
      place: '--to',
      hint: 'a file, sqlite:///file, journal:file or grpc://host:port',
    });
  const path = to.replace(/^(sqlite:(\/\/\/)?|journal:)/i, '');
  return scheme === 'journal' || /\.(journal|log)$/i.test(path) ? journalSink(path) : sqliteSink(path, fromUtc);
}

/** The format that a target's name stands for (null: none). */
export function formatOf(to: string): ExportOptions['format'] | null {
  if (/^(grpc|sqlite|journal):/i.test(to) || /\.(db|sqlite3?|journal|log)$/i.test(to)) return 'optuna';
  return tableFormats.find((format) => to.toLowerCase().endsWith(`.${format}`)) ?? null;
}
