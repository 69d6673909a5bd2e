import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { calendarIds } from '../calendars/index.ts';
import { instrumentSchema } from '../instruments.ts';
import { qualityReportSchema } from '../quality.ts';
import { rollSchema } from '../rolls.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** Origin of the bars, with everything needed to make them again. */
const originSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('csv'),
    sources: z.array(
      z.strictObject({
        symbol: z.string(),
        /** File name without its folder. */
        file: z.string(),
        /** Length and hash of the unpacked text: equal for a .csv and its .csv.gz. */
        bytes: z.int(),
        sha256: sha256Schema,
        /** Number of bars dropped because they lie outside the session's hours; in format 2 under `leftOut`. */
        outside: z.int().optional(),
      }),
    ),
    /** Declared format of the files. */
    options: z.strictObject({
      order: z.enum(['ascending', 'descending']),
      zone: z.string(),
      stamp: z.enum(['start', 'end']),
      gaps: z.enum(['refuse', 'allow']),
      outside: z.enum(['refuse', 'drop']),
      jumps: z.enum(['refuse', 'allow']).optional(),
      columns: z.record(z.string(), z.string()),
    }),
    /** Bars dropped because another symbol has none at that time; in format 2 under `leftOut`. */
    dropped: z.array(z.strictObject({ symbol: z.string(), bars: z.int(), firstTimes: z.array(z.string()) })).optional(),
  }),
  z.strictObject({
    kind: z.literal('import'),
    /** Reader of the files: `csv`, `dbn`, `parquet`, ... */
    reader: z.string(),
    sources: z.array(
      z.strictObject({
        symbol: z.string(),
        /** In time order; `bytes` and `sha256` are of the unpacked content. */
        files: z.array(z.strictObject({ file: z.string(), bytes: z.int(), sha256: sha256Schema })),
        /** What the reader took the files for, and what it left out. */
        read: z.json() as z.ZodType<Json>,
      }),
    ),
    /** Declared by the user. */
    options: z.json() as z.ZodType<Json>,
  }),
  z.strictObject({
    kind: z.literal('synthetic'),
    generator: z.string(),
    preset: z.string(),
    seed: z.union([z.string(), z.number()]),
    parameters: z.json() as z.ZodType<Json>,
  }),
]);

/** What of one symbol's bars is not in the data set. */
export const leftOutSchema = z.strictObject({
  symbol: z.string(),
  /** Bars outside every session. */
  outside: count,
  firstOutside: z.array(z.string()),
  /** Bars that start at the close where the file goes on after it. */
  afterClose: count,
  /** Bars that start at the close, of which only the open was kept. */
  auctions: count,
  /** Bars at whose time another symbol has none; aligned as of a time: none within the limit. */
  alone: count,
  /** Rows that repeat an earlier bar of this symbol. */
  filled: count.optional(),
  firstAlone: z.array(z.string()),
  /** Sessions on which this symbol has no bar and another one does. */
  missingSessions: z.array(z.string()),
});

const common = {
  name: z.string(),
  symbols: z.array(z.string()).min(1),
  rows: z.int().positive(),
  barMs: z.number().positive(),
  sessions: z.int().positive(),
  /** ISO times (UTC) of the first and last bar's start. */
  first: z.string(),
  last: z.string(),
  origin: originSchema,
  /** One report per symbol, before the alignment. */
  quality: z.array(qualityReportSchema),
};

const format1Schema = z.strictObject({
  format: z.literal(1),
  ...common,
  /** Names of the columns in the order of the columns file; each holds `rows` little-endian float64 values. */
  columns: z.array(z.string()),
  calendar: z.enum(['us-equities', 'utc-day']),
  /** SHA-256 of the columns file. */
  hash: sha256Schema,
});

const format2Schema = z.strictObject({
  format: z.literal(2),
  ...common,
  /** Each file holds `rows` little-endian float64 values: `time`, `session`, then the columns of each symbol. */
  columns: z.array(z.strictObject({ name: z.string(), file: z.string(), sha256: sha256Schema })),
  calendar: z.strictObject({ id: z.enum(calendarIds), version: z.int().positive(), source: z.string() }),
  /** True if sessions end with a bar that starts at the close. */
  closingAuction: z.boolean(),
  /** Parallel to `symbols`; null for shares of which nothing was declared. */
  instruments: z.array(instrumentSchema.nullable()),
  /** Parallel to `symbols`: names of the contracts that `SYMBOL.contract` counts, and how they follow one another. */
  contracts: z.array(z.strictObject({ names: z.array(z.string()).min(1), rule: z.string(), rolls: z.array(rollSchema) }).nullable()),
  leftOut: z.array(leftOutSchema),
  /** SHA-256 of the columns' hashes and of everything else that the bars mean, see `contentHash`. */
  hash: sha256Schema,
});

/** `manifest.json` of a data set; data/README.md explains the folder. Format 1 is read, format 2 written. */
export const manifestSchema = z.discriminatedUnion('format', [format1Schema, format2Schema]);

export type Manifest = z.infer<typeof manifestSchema>;
export type Manifest2 = z.infer<typeof format2Schema>;
export type DatasetOrigin = z.infer<typeof originSchema>;
export type LeftOut = z.infer<typeof leftOutSchema>;
