import { z } from 'zod';
import type { SharedTable } from '../../core/table.ts';
import type { AlignedBars } from '../bars.ts';
import { type CalendarId, calendarIds } from '../calendars/index.ts';
import { openParquet } from '../formats/parquet/open.ts';
import { type Instrument, instrumentSchema } from '../instruments.ts';

/** What an exported Parquet file says about its data set beside the bars. */
export interface ExportedFacts {
  readonly dataset: string;
  readonly hash: string;
  readonly symbols: readonly string[];
  readonly barMs: number;
  readonly calendar: CalendarId;
  /** Named columns that every symbol has. */
  readonly columns: readonly string[];
  /** By symbol; null for one of which nothing is known. */
  readonly instruments: Readonly<Record<string, Instrument | null>>;
  /** By symbol of a future, the rule by which its contracts follow one another. */
  readonly rules: Readonly<Record<string, string>>;
}

const key = 'assay.set';
const factsSchema = z.object({
  dataset: z.string(),
  hash: z.string(),
  symbols: z.array(z.string()).min(1),
  barMs: z.number().positive(),
  calendar: z.enum(calendarIds),
  columns: z.array(z.string()),
  instruments: z.record(z.string(), instrumentSchema.nullable()),
  rules: z.record(z.string(), z.string()),
});

/** Facts for the metadata of a file: all as JSON under one key, and those that people look for under their own. */
export function metadataOf(facts: ExportedFacts): Readonly<Record<string, string>> {
  return {
    'assay.dataset': facts.dataset,
    'assay.hash': facts.hash,
    'assay.symbols': facts.symbols.join(','),
    'assay.barMs': String(facts.barMs),
    'assay.calendar': facts.calendar,
    [key]: JSON.stringify(facts),
  };
}

/** The facts of an exported Parquet file; null for another file, and for one that cannot be read: its reader says why. */
export async function exportedFactsOf(path: string): Promise<ExportedFacts | null> {
  try {
    const { file, metadata } = await openParquet(path);
    await file.close();
    return factsSchema.parse(JSON.parse(metadata.keyValues.get(key) ?? 'null'));
  } catch {
    return null;
  }
}

/** What a rule of contracts in a manifest looks like. */
const contractsSchema = z.object({ contracts: z.array(z.object({ rule: z.string() }).nullable()) });

/** The facts of a loaded data set. */
export function factsOf({ symbols, barMs, calendar, columns, instruments }: AlignedBars, table: SharedTable): ExportedFacts {
  const named = columns.map((own) => Object.keys(own));
  const stored = contractsSchema.safeParse(table.meta);
  const contracts = stored.success ? stored.data.contracts : [];
  return {
    dataset: table.name,
    hash: table.hash,
    symbols,
    barMs,
    calendar: calendar.id as CalendarId,
    columns: named[0]!.filter((column) => named.every((own) => own.includes(column))),
    instruments: Object.fromEntries(symbols.map((symbol, k) => [symbol, instruments[k] ?? null])),
    rules: Object.fromEntries(symbols.flatMap((symbol, k) => (contracts[k] == null ? [] : [[symbol, contracts[k].rule]]))),
  };
}
