import { resolve } from 'node:path';
import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { alpaca } from './alpaca.ts';
import type { BarPage, BarRequest, BarSource, FetchedBar } from './bar-source.ts';
import { binance } from './binance.ts';
import { clientOf, type FetchOptions } from './client.ts';
import { type HttpClient, invalid, requestJson } from './http.ts';
import { openPartial } from './partial-file.ts';
import { polygon } from './polygon.ts';

export const barSources = { polygon, alpaca, binance } as const;
export type BarSourceId = keyof typeof barSources;

export interface BarDownload extends BarRequest, FetchOptions {
  readonly source: BarSourceId;
  /** CSV file. */
  readonly out: string;
  readonly replace?: boolean;
}

export interface FetchedBars {
  readonly source: string;
  readonly symbol: string;
  readonly file: string;
  readonly bars: number;
  readonly pages: number;
  readonly bytes: number;
  readonly first: string;
  readonly last: string;
  /** Pages that an earlier, interrupted download had. */
  readonly resumedAt: number;
}

const stateSchema = z.object({
  source: z.string(),
  origin: z.string(),
  request: z.object({ symbol: z.string(), barMinutes: z.number(), fromMs: z.number(), toMs: z.number() }),
  /** Path of the next page; null: all pages are there. */
  next: z.string().nullable(),
  pages: z.int(),
  bars: z.int(),
  bytes: z.int(),
  firstMs: z.number().nullable(),
  lastMs: z.number().nullable(),
});
type State = z.infer<typeof stateSchema>;

const header = 'time,symbol,open,high,low,close,volume\n';
/** Pages without a bar in a row, after which a server is taken to go round in circles. */
const mostEmptyPages = 100;

/**
 * Downloads bars to a CSV file that `data import` reads. Each page is on disk before the next is asked for; the same call after an
 * interruption goes on with the next page. The file has its name only when it is whole.
 * @throws AssayError as `request`; `usage` for a range or key that is missing; `conflict` for a file that exists; `data_invalid` for pages
 * that do not follow one another, and for a range without bars
 */
export async function fetchBars(download: BarDownload): Promise<FetchedBars> {
  const { source: id, symbol, barMinutes, fromMs, toMs, replace = false } = download;
  const source: BarSource = barSources[id];
  const request = { symbol, barMinutes, fromMs, toMs };
  checkRange(request, Date.now());
  const client = clientOf(source, download);
  const file = resolve(download.out);
  const isSame = (state: State): boolean =>
    state.source === id && state.origin === client.origin && JSON.stringify(state.request) === JSON.stringify(request);
  const partial = openPartial(file, stateSchema, isSame, replace);
  try {
    const start: State = {
      source: id,
      origin: client.origin,
      request,
      next: source.first(request),
      pages: 0,
      bars: 0,
      bytes: 0,
      firstMs: null,
      lastMs: null,
    };
    let state = partial.state ?? start;
    const resumedAt = state.pages;
    for (let empty = 0; state.next !== null; ) {
      const page = pageOf(source, client, await requestJson(client, state.next), request, state.next);
      const text = linesOf(page, symbol, state, client);
      const lines = state.pages === 0 ? header + text : text;
      empty = page.bars.length === 0 ? empty + 1 : 0;
      if (page.next === state.next || empty > mostEmptyPages) throw invalid(client, state.next, 'its pages do not come to an end');
      state = {
        ...state,
        next: page.next,
        pages: state.pages + 1,
        bars: state.bars + page.bars.length,
        bytes: state.bytes + Buffer.byteLength(lines),
        firstMs: state.firstMs ?? page.bars[0]?.ms ?? null,
        lastMs: page.bars.at(-1)?.ms ?? state.lastMs,
      };
      partial.append(lines, state);
      download.onPage?.(
        `page ${state.pages}: ${state.bars} bars${state.lastMs === null ? '' : ` up to ${new Date(state.lastMs).toISOString()}`}`,
      );
    }
    const { bars, pages, bytes, firstMs, lastMs } = state;
    if (firstMs === null || lastMs === null)
      throw new AssayError('data_invalid', `${new URL(client.origin).host} has no bar of ${symbol} in this range`, {
        hint: 'check the symbol and the range',
      });
    partial.finish();
    return {
      source: id,
      symbol,
      file,
      bars,
      pages,
      bytes,
      first: new Date(firstMs).toISOString(),
      last: new Date(lastMs).toISOString(),
      resumedAt,
    };
  } finally {
    partial.close();
  }
}

function checkRange({ symbol, barMinutes, fromMs, toMs }: BarRequest, nowMs: number): void {
  if (!/^[A-Za-z0-9.:_/-]{1,40}$/.test(symbol))
    throw new AssayError('usage', `${JSON.stringify(symbol)} cannot be a symbol`, { place: '--symbol', hint: 'for example NVDA' });
  if (fromMs >= toMs)
    throw new AssayError('usage', 'the range ends before it begins', {
      place: '--to',
      hint: 'the end is not included: --from 2024-01-02 --to 2024-01-03 is one day',
    });
  if (toMs > nowMs - barMinutes * 60_000)
    throw new AssayError('usage', 'the last bar of this range is not over yet', {
      place: '--to',
      hint: 'end the range in the past, so that a later download gives the same bars',
    });
}

function pageOf(source: BarSource, client: HttpClient, json: unknown, request: BarRequest, path: string): BarPage {
  try {
    return source.parse(json, request, path);
  } catch (cause) {
    throw invalid(
      client,
      path,
      `the page has another form: ${cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)}`,
      cause,
    );
  }
}

/** The lines of a page. @throws AssayError `data_invalid` for bars outside of the range or not behind those before */
function linesOf({ bars }: BarPage, symbol: string, { request: { fromMs, toMs }, lastMs, next }: State, client: HttpClient): string {
  let before = lastMs ?? Number.NEGATIVE_INFINITY;
  let lines = '';
  for (const bar of bars) {
    if (!Number.isInteger(bar.ms) || bar.ms < fromMs || bar.ms >= toMs)
      throw invalid(client, next ?? '', `it gives a bar at ${timeText(bar)}, outside of the range`);
    if (bar.ms <= before) throw invalid(client, next ?? '', `it gives the bar at ${timeText(bar)} again, or out of order`);
    before = bar.ms;
    lines += `${timeText(bar)},${symbol},${bar.open},${bar.high},${bar.low},${bar.close},${bar.volume}\n`;
  }
  return lines;
}

function timeText({ ms }: FetchedBar): string {
  return Number.isInteger(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().replace('.000Z', 'Z') : String(ms);
}
