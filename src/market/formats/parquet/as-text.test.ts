import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../core/json.ts';
import { parquetAsText } from './as-text.ts';

/** Written by pyarrow; `make.py` beside them says how. */
const fixture = (name: string): string => new URL(`../../../../tests/fixtures/parquet/${name}`, import.meta.url).pathname;
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Readonly<Record<string, readonly string[]>>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function textOf(path: string, maxBytes = 2 ** 24) {
  const source = parquetAsText(path, maxBytes);
  let text = '';
  for (;;) {
    const { done, value } = await source.next();
    if (done === true) return { text, digest: value };
    text += value.toString('utf8');
  }
}

/** Writes a changed copy of a fixture. */
function changed(name: string, change: (bytes: Buffer) => Buffer | undefined): string {
  const bytes = readFileSync(fixture(name));
  const path = join(folder, `${sha256(String(Math.random()))}.parquet`);
  writeFileSync(path, change(bytes) ?? bytes);
  return path;
}

const invalid = (message: RegExp, hint?: RegExp) => ({
  code: 'data_invalid',
  message: expect.stringMatching(message),
  place: expect.stringContaining('.parquet'),
  hint: expect.stringMatching(hint ?? /./),
});

describe('a Parquet file as text', () => {
  test.each(['snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'pages-2', 'plain', 'encodings'])(
    'every type is exact, in several row groups and pages: %s',
    async (name) => {
      const { text, digest } = await textOf(fixture(`${name}.parquet`));
      const names = Object.keys(expected);
      const lines = expected['time']!.map((_, row) => names.map((column) => expected[column]![row]).join(','));
      expect(text).toBe(`${[names.join(','), ...lines].join('\n')}\n`);
      const bytes = readFileSync(fixture(`${name}.parquet`));
      expect(digest).toEqual({ bytes: bytes.length, sha256: sha256(bytes) });
    },
  );

  test('is the CSV of its values: quoted texts come back', async () => {
    const { text } = await textOf(fixture('snappy.parquet'));
    const rows = parse(text, { columns: true }) as readonly Record<string, string>[];
    expect(rows).toHaveLength(60);
    expect(rows[3]!['note']).toBe('ü 3, "quoted"');
    expect(rows[1]!['note']).toBe('');
  });

  test('the older times of 96 bits have no zone', async () => {
    const { text } = await textOf(fixture('int96.parquet'));
    expect(text.split('\n').slice(0, 2)).toEqual(['local,close', '2018-02-16T14:30:00.000000001,100.0']);
  });

  test('lists are left out; an index of times without a name is called datetime', async () => {
    expect((await textOf(fixture('nested.parquet'))).text.split('\n')[0]).toBe('close');
    expect((await textOf(fixture('index.parquet'))).text.split('\n').slice(0, 2)).toEqual([
      'close,datetime',
      '100.0,2018-02-16T14:30:00.000000000Z',
    ]);
  });
});

describe('a file that cannot be read', () => {
  test('is not there', async () => {
    await expect(textOf(join(folder, 'none.parquet'))).rejects.toMatchObject({ code: 'not_found', place: expect.stringContaining('none') });
  });

  test.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    ['is empty', () => Buffer.alloc(0), /does not end as a Parquet file/],
    ['is cut', (bytes) => bytes.subarray(0, 5000), /does not end as a Parquet file/],
    ['lost its middle', (bytes) => Buffer.concat([bytes.subarray(0, 1000), bytes.subarray(-9000)]), /beyond|metadata|page/],
    ['is encrypted', (bytes) => void bytes.write('PARE', bytes.length - 4), /is encrypted/],
    ['has a footer larger than the file', (bytes) => void bytes.writeUInt32LE(2 ** 31, bytes.length - 8), /larger than the file/],
    ['has a footer of zeros', (bytes) => void bytes.fill(0, bytes.length - 6000, bytes.length - 8), /metadata/],
  ])('%s', async (_, change, message) => {
    await expect(textOf(changed('zstd.parquet', change))).rejects.toMatchObject(invalid(message));
  });

  test('has one wrong byte in a page with a checksum: no value changes unseen', async () => {
    const { text } = await textOf(fixture('zstd.parquet'));
    let refused = 0;
    for (let at = 4; at < 10_000; at += 97) {
      const path = changed('zstd.parquet', (bytes) => void bytes.writeUInt8(bytes[at]! ^ 1, at));
      const read = await textOf(path).catch((error: unknown) => error);
      if (read instanceof Error) {
        expect(read).toMatchObject(invalid(/cannot be read/));
        refused += 1;
      } else expect(read).toMatchObject({ text });
    }
    expect(refused).toBeGreaterThan(30);
  });

  test('unpacks to more than allowed', async () => {
    await expect(textOf(fixture('snappy.parquet'), 1000)).rejects.toMatchObject(invalid(/more bytes than allowed/, /--max-bytes/));
  });
});
