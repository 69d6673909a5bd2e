import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AssayError } from '../../core/errors.ts';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';
import { clientOf, type FetchOptions } from './client.ts';
import { type HttpClient, invalid, request, requestJson } from './http.ts';

export interface DatabentoDownload extends FetchOptions {
  /** `GLBX.MDP3`. */
  readonly dataset: string;
  /** `mbp-10`, `ohlcv-1m`. */
  readonly schema: string;
  readonly symbols: readonly string[];
  /** How the symbols are written: `raw_symbol`, `continuous`, `parent`, `instrument_id`. */
  readonly stype: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Folder, made if it is missing. */
  readonly out: string;
  /** Most US dollars that the days that are missing may cost. */
  readonly mostUsd: number;
}

export interface FetchedDays {
  readonly source: 'databento';
  readonly folder: string;
  readonly files: readonly string[];
  /** Days that were there already. */
  readonly kept: number;
  readonly bytes: number;
  readonly usd: number;
}

const service = {
  origin: 'https://hist.databento.com',
  keyNames: ['DATABENTO_API_KEY'],
  // The key is the user name of Basic authentication, without a password.
  headers: ([key]: readonly string[]) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
};
const dayMs = 86_400_000;
const mostDays = 3660;

/**
 * Downloads DBN files of `timeseries.get_range`, zstd, one for each UTC day. A day has its file only when it is whole, so the same call
 * after an interruption fetches the days that are missing. What they cost is asked first.
 * @throws AssayError as `request`; `usage` if the days cost more than `mostUsd`, for a range or key that is missing; `disk_full`, `unavailable`
 */
export async function fetchDatabento(download: DatabentoDownload): Promise<FetchedDays> {
  const { fromMs, toMs, mostUsd } = download;
  if (fromMs % dayMs !== 0 || toMs % dayMs !== 0 || fromMs >= toMs || toMs - fromMs > mostDays * dayMs)
    throw new AssayError('usage', 'Databento is fetched by whole UTC days', {
      place: '--from',
      hint: 'for example --from 2024-01-02 --to 2024-01-05, the end not included',
    });
  const client = clientOf(service, download);
  const folder = resolve(download.out);
  const days = Array.from({ length: (toMs - fromMs) / dayMs }, (_, i) => fromMs + i * dayMs);
  const fileOf = (ms: number): string =>
    join(
      folder,
      `${[download.dataset, download.schema, ...download.symbols.slice(0, 3)].join('-').replaceAll(/[^\w.-]/g, '_')}-${dateOf(ms)}.dbn.zst`,
    );
  const missing = days.filter((ms) => !existsSync(fileOf(ms)));
  const usd = await costOf(client, download, missing);
  if (usd > mostUsd)
    throw new AssayError('usage', `these ${missing.length} days cost ${usd.toFixed(2)} US dollars`, {
      place: '--most-usd',
      hint: `allow it with --most-usd ${Math.ceil(usd * 100) / 100}, or fetch less`,
    });
  let bytes = 0;
  for (const ms of missing) {
    bytes += await fetchDay(client, download, ms, fileOf(ms));
    download.onPage?.(`${dateOf(ms)}: ${bytes} bytes in all`);
  }
  return { source: 'databento', folder, files: days.map(fileOf), kept: days.length - missing.length, bytes, usd };
}

async function costOf(client: HttpClient, download: DatabentoDownload, days: readonly number[]): Promise<number> {
  let usd = 0;
  // Days that follow one another are asked for at once.
  for (let i = 0; i < days.length; ) {
    let end = i + 1;
    while (end < days.length && days[end] === days[end - 1]! + dayMs) end += 1;
    const path = `/v0/metadata.get_cost?${queryOf(download, days[i]!, days[end - 1]! + dayMs).toString()}`;
    const cost = await requestJson(client, path);
    if (typeof cost !== 'number' || !(cost >= 0)) throw invalid(client, path, `the cost is ${JSON.stringify(cost)}`);
    usd += cost;
    i = end;
  }
  return usd;
}

/** Streams one day to a draft and gives it its name. Returns its length. */
async function fetchDay(client: HttpClient, download: DatabentoDownload, ms: number, file: string): Promise<number> {
  const query = queryOf(download, ms, ms + dayMs);
  query.set('encoding', 'dbn');
  query.set('compression', 'zstd');
  const path = `/v0/timeseries.get_range?${query.toString()}`;
  const draft = `${file}.part`;
  try {
    mkdirSync(resolve(download.out), { recursive: true });
    requireSpaceSync(resolve(download.out), 0);
    await request(client, path, async (pieces) => {
      // Opened here: a stream that is destroyed while it opens its file would make it after its removal.
      await pipeline(checkedFrame(client, path, pieces), createWriteStream(draft, { fd: openSync(draft, 'w'), flush: true }));
    });
    renameSync(draft, file);
    return statSync(file).size;
  } catch (cause) {
    rmSync(draft, { force: true });
    throw writeFault(cause, resolve(download.out));
  }
}

/** First bytes of a zstd frame. */
const zstdMark = [0x28, 0xb5, 0x2f, 0xfd];

async function* checkedFrame(client: HttpClient, path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of pieces) {
    for (const byte of piece.subarray(0, Math.max(0, zstdMark.length - seen)))
      if (byte !== zstdMark[seen++]) throw invalid(client, path, 'the answer is not packed with zstd');
    yield piece;
  }
  if (seen < zstdMark.length) throw invalid(client, path, 'the answer is empty');
}

function queryOf({ dataset, schema, symbols, stype }: DatabentoDownload, startMs: number, endMs: number): URLSearchParams {
  return new URLSearchParams({
    dataset,
    schema,
    symbols: symbols.join(','),
    stype_in: stype,
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
  });
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
