import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { calendarIds } from '../calendars/index.ts';
import { readingFactsSchema } from '../formats/describe.ts';
import { qualityReportSchema } from '../quality.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

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
        /** What was taken for what, and why. */
        reading: readingFactsSchema.optional(),
        /** In older data sets: number of bars outside the session's hours. */
        outside: z.int().optional(),
      }),
    ),
    options: z.strictObject({
      gaps: z.enum(['refuse', 'allow']),
      outside: z.enum(['refuse', 'drop']),
      jumps: z.enum(['refuse', 'allow']).optional(),
      /** Declared length of the bars (null: seen in the files). */
      barMs: z.number().nullable().optional(),
      /** In older data sets: the declared format of all files. */
      order: z.enum(['ascending', 'descending']).optional(),
      zone: z.string().optional(),
      stamp: z.enum(['start', 'end']).optional(),
      columns: z.record(z.string(), z.string()).optional(),
    }),
    /** Bars of each symbol outside the hours, at a close that the file goes on after, and repeated by a second file. */
    leftOut: z.array(z.strictObject({ symbol: z.string(), outside: z.int(), afterClose: z.int(), repeated: z.int() })).optional(),
    /** Bars dropped because another symbol has none at that time. */
    dropped: z.array(z.strictObject({ symbol: z.string(), bars: z.int(), firstTimes: z.array(z.string()) })),
  }),
  z.strictObject({
    kind: z.literal('synthetic'),
    generator: z.string(),
    preset: z.string(),
    seed: z.union([z.string(), z.number()]),
    parameters: z.json() as z.ZodType<Json>,
  }),
]);

/** `manifest.json` of a data set; data/README.md explains the folder. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  symbols: z.array(z.string()).min(1),
  rows: z.int().positive(),
  /** Names of the columns in the order of the columns file; each holds `rows` little-endian float64 values. */
  columns: z.array(z.string()),
  barMs: z.number().positive(),
  calendar: z.enum(calendarIds),
  sessions: z.int().positive(),
  /** ISO times (UTC) of the first and last bar's start. */
  first: z.string(),
  last: z.string(),
  origin: originSchema,
  /** SHA-256 of the columns file. */
  hash: sha256Schema,
  /** One report per symbol, before the alignment. */
  quality: z.array(qualityReportSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type DatasetOrigin = z.infer<typeof originSchema>;
