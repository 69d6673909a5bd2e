import { withoutStack } from '../../core/stack.ts';
import type { Io } from '../io.ts';
import { formatCsv, formatTsv } from './records.ts';
import { type Column, fitTable } from './table.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly csv?: boolean;
  readonly quiet?: boolean;
}

/** One answer in every form: rows for people and pipes, a document for scripts. */
export interface Answer<Row> {
  /** `--json`: one document. */
  readonly document: unknown;
  readonly columns: readonly Column<Row>[];
  /** `--csv`, where it has more columns. */
  readonly csvColumns?: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** `--jsonl`: one line each; the rows themselves where not given. */
  readonly items?: readonly unknown[];
  /** Under the table on a terminal, on stderr: `20 of 431 trials`. */
  readonly footer?: string | undefined;
  /** In place of an empty table. */
  readonly empty?: string;
}

/** A table on a terminal, TSV in a pipe, `--csv` for spreadsheets, `--json` one document, `--jsonl` a stream. */
export function printAnswer<Row>(io: Io, options: OutputOptions, answer: Answer<Row>): void {
  if (options.json) {
    io.out.write(`${JSON.stringify(answer.document, null, io.out.isTerminal ? 2 : undefined)}\n`);
  } else if (options.jsonl) {
    for (const item of answer.items ?? answer.rows) io.out.write(`${JSON.stringify(item)}\n`);
  } else if (options.csv) {
    io.out.write(formatCsv(answer.csvColumns ?? answer.columns, answer.rows));
  } else if (!io.out.isTerminal) {
    io.out.write(formatTsv(answer.columns, answer.rows));
  } else if (answer.rows.length === 0 && answer.empty !== undefined) {
    say(io, options, answer.empty);
  } else {
    const { text, dropped } = fitTable(answer.columns, answer.rows, io.out.width());
    io.out.write(text);
    if (dropped.length > 0) say(io, options, `not shown: ${dropped.join(', ')}; use a wider terminal, --csv or --json`);
    if (answer.footer !== undefined) say(io, options, answer.footer);
  }
}

/** Writes messages for people to stderr; silent with `--quiet`. Stacks appear with `--log json` only. */
export function say(io: Io, options: OutputOptions, text: string): void {
  if (options.quiet) return;
  if (io.log !== undefined) {
    io.log.say(text);
    return;
  }
  const plain = withoutStack(text);
  if (plain.trim() !== '' || text.trim() === '') io.err.write(`${plain}\n`);
}
