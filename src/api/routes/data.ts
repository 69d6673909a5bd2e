import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { dataDirOf } from '../../core/data-dir.ts';
import type { Manifest } from '../../market/store/manifest.ts';
import { listDatasets } from '../../market/store/read.ts';
import { type DataReader, readDataReaders } from '../../storage/readers/data-readers.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, orNull, textSchema, timeSchema } from '../schemas.ts';

const count = z.number().int();

export const dataSetsSchema = z
  .object({
    items: z
      .array(
        z.object({
          name: z.string(),
          hash: z.string().openapi({ description: 'SHA-256 of the content' }),
          here: z.boolean().openapi({ description: 'True: it is in the data directory of this server, with this content' }),
          symbols: z.array(z.string()).readonly(),
          origin: z.string().nullable().openapi({ description: 'Such as `csv`, `import` or the generator; null: it is not here' }),
          calendar: z.string().nullable(),
          bars: count.nullable(),
          sessions: count.nullable(),
          range: orNull(z.object({ from: timeSchema, until: timeSchema.openapi({ description: 'Exclusive' }) })),
          quality: orNull(
            z.object({
              missingBars: count.openapi({ description: 'Between neighbours of one session, over all symbols' }),
              missingSessions: count.nullable().openapi({ description: 'Of the calendar, over all symbols; null: not counted' }),
              faults: z.array(z.object({ symbol: z.string(), kind: z.string(), count })).readonly(),
            }),
          ),
          readers: z
            .array(z.object({ study: z.string(), trials: count, validated: count }))
            .readonly()
            .openapi({ description: 'Studies that are bound to this content, with how many of their trials were begun and validated' }),
        }),
      )
      .readonly(),
  })
  .openapi('DataSets');

export type DataSets = z.infer<typeof dataSetsSchema>;

const list = createRoute({
  method: 'get',
  path: '/v1/data',
  operationId: 'listData',
  summary: 'Data sets with their range and quality, and the studies that read them',
  request: { query: z.strictObject({ q: textSchema.optional().openapi({ description: 'Part of the name' }) }) },
  responses: answersWith(dataSetsSchema, 'Those here and those that a study is bound to, by name'),
});

type DataSet = DataSets['items'][number];

export function addData(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  app.openapi(list, async (c) => {
    const { q = '' } = c.req.valid('query');
    const readers = await readDataReaders(db);
    const here = listDatasets(dataDirOf(dataDir));
    const known = new Set(here.map(({ name, hash }) => `${name} ${hash}`));
    const others = readers.filter(({ name, hash }, i) => {
      const isFirst = readers.findIndex((other) => other.name === name && other.hash === hash) === i;
      return isFirst && !known.has(`${name} ${hash}`);
    });
    const items = [...here.map((manifest) => presentOf(manifest, readers)), ...others.map((other) => absentOf(other, readers))];
    const sorted = items
      .filter(({ name }) => name.includes(q))
      .sort((a, b) => (a.name === b.name ? Number(b.here) - Number(a.here) : a.name < b.name ? -1 : 1));
    return c.json({ items: sorted }, 200);
  });
}

function presentOf(manifest: Manifest, readers: readonly DataReader[]): DataSet {
  const { name, hash, symbols, origin, calendar, rows, sessions, first, last, barMs } = manifest;
  return {
    ...{ name, hash, here: true, symbols, bars: rows, sessions },
    origin: origin.kind === 'synthetic' ? origin.generator : origin.kind,
    calendar: typeof calendar === 'string' ? calendar : calendar.id,
    range: { from: new Date(first).toISOString(), until: new Date(Date.parse(last) + barMs).toISOString() },
    quality: qualityOf(manifest),
    readers: readersOf({ name, hash }, readers),
  };
}

function absentOf({ name, hash }: DataReader, readers: readonly DataReader[]): DataSet {
  const unknown = { symbols: [], origin: null, calendar: null, bars: null, sessions: null, range: null, quality: null };
  return { name, hash, here: false, ...unknown, readers: readersOf({ name, hash }, readers) };
}

function readersOf({ name, hash }: Pick<DataReader, 'name' | 'hash'>, readers: readonly DataReader[]): DataSet['readers'] {
  return readers.flatMap((one) =>
    one.name === name && one.hash === hash ? [{ study: one.study, trials: one.trials, validated: one.validated }] : [],
  );
}

const faultKinds = ['duplicates', 'outOfOrder', 'outsideSession', 'badOhlc', 'badVolume', 'jumps', 'huge'] as const;

function qualityOf({ quality }: Manifest): NonNullable<DataSet['quality']> {
  const sessions = quality.map(({ absentSessions }) => absentSessions?.count ?? null);
  return {
    missingBars: quality.reduce((sum, { gaps }) => sum + gaps.missingBars, 0),
    missingSessions: sessions.some((n) => n === null) ? null : sessions.reduce<number>((sum, n) => sum + (n ?? 0), 0),
    faults: quality.flatMap((report) =>
      faultKinds.flatMap((kind) => ((report[kind] ?? 0) > 0 ? [{ symbol: report.symbol, kind, count: report[kind] ?? 0 }] : [])),
    ),
  };
}
