import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import xxhash from 'xxhash-wasm';
import { dbnBytes, layoutNamed, plainHeader, randomRecord, zstdBomb, zstdFrame } from '../../../tests/fixtures/dbn.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { createRng } from '../../core/rng.ts';
import { columnsOf } from './columns.ts';
import { encodeHeader } from './header.ts';
import { undefinedPrice } from './kinds.ts';
import type { Layout } from './layout.ts';
import { type DbnOptions, dbnOfBytes, openDbn, recordsOf } from './reader.ts';
import { type DbnRecord, encodeRecord } from './record.ts';
import { layoutOf, layouts } from './records.ts';
import { openSource } from './source.ts';

const mbo = layoutNamed('mbo');
const trade = layoutNamed('trade');

async function read(bytes: Uint8Array, options: DbnOptions & { readonly place?: string } = {}): Promise<DbnRecord[]> {
  const records: DbnRecord[] = [];
  for await (const record of recordsOf(await dbnOfBytes(bytes, options.place ?? 'x.dbn', options))) records.push(record);
  return records;
}

/** Reads to the end without making objects. */
async function skim(bytes: Uint8Array, place: string): Promise<void> {
  for await (const _ of (await dbnOfBytes(bytes, place)).runs());
}

const withLength = (record: DbnRecord, bytes: number): DbnRecord => ({ ...record, length: bytes });

describe('records', () => {
  test('of every layout come back as they were written, also with a send time', async () => {
    const rng = createRng('records');
    for (const layout of layouts) {
      const one = randomRecord(layout, rng);
      const sent = randomRecord(layout, rng, { ts_out: 2n ** 64n - 2n });
      const bytes = dbnBytes({}, [
        [layout, one],
        [layout, sent],
      ]);
      expect(await read(bytes), layout.name).toEqual([withLength(one, layout.bytes), withLength(sent, layout.bytes + 8)]);
    }
  });

  test('as columns hold the same values, undefined prices as NaN', async () => {
    const rng = createRng('columns');
    for (const layout of layouts) {
      const rows = Array.from({ length: 3 }, () => randomRecord(layout, rng));
      const file = await dbnOfBytes(
        dbnBytes(
          {},
          rows.map((row) => [layout, row]),
        ),
        'x.dbn',
      );
      for await (const { columns, count } of columnsOf(file)) {
        expect(count).toBe(3);
        for (const { name, kind, bytes } of layout.fields)
          for (const [i, row] of rows.entries()) {
            const place = `${layout.name} ${name}`;
            if (kind === 'text')
              expect(columns[name]!.slice(i * bytes, i * bytes + String(row[name]).length), place).toEqual(
                Uint8Array.from(Buffer.from(String(row[name]))),
              );
            else if (kind === 'char') expect(String.fromCharCode(Number(columns[name]![i])), place).toBe(row[name]);
            else if (kind === 'price') expect(BigInt(columns[name]![i]!), place).toBe(row[name]);
            else expect(columns[name]![i], place).toBe(row[name]);
          }
      }
    }
    const file = await dbnOfBytes(dbnBytes({}, [[trade, randomRecord(trade, rng, { price: undefinedPrice })]]), 'x.dbn');
    for await (const { columns } of columnsOf(file, ['price'])) {
      expect(Object.keys(columns)).toEqual(['price']);
      expect(columns['price']![0]).toBeNaN();
    }
  });

  test('a price that float64 cannot hold is refused by columns and read by objects', async () => {
    const bytes = dbnBytes({}, [[trade, randomRecord(trade, createRng(1), { price: 2n ** 53n })]]);
    expect((await read(bytes))[0]!['price']).toBe(2n ** 53n);
    await expect(columnsOf(await dbnOfBytes(bytes, 'x.dbn')).next()).rejects.toThrow(/a value of price after byte \d+ is too large/);
  });

  test('of several types and of unknown ones are read in their order, over the border of a piece', async () => {
    const rng = createRng('mixed');
    const [system, unknown] = [layoutNamed('system'), Buffer.alloc(20, 7)];
    unknown[0] = 5;
    unknown[1] = 0x77;
    const rows: (readonly [typeof mbo, DbnRecord] | Uint8Array)[] = [];
    for (let i = 0; i < 20_000; i++)
      rows.push(i % 5000 === 4999 ? [system, randomRecord(system, rng)] : [mbo, randomRecord(mbo, rng, { sequence: i })]);
    rows.push(unknown, [trade, randomRecord(trade, rng, { sequence: 20_000 })]);
    const bytes = dbnBytes({ schema: null }, rows);
    expect(bytes.length).toBeGreaterThan(2 ** 20);
    const found = await read(bytes);
    expect(found.map((record) => record['rtype'])).toEqual(rows.map((row) => (row instanceof Uint8Array ? 0x77 : row[0].rtypes[0])));
    expect(found.filter((record) => record['rtype'] === 0xa0).map((record) => record['sequence'])).toEqual(
      Array.from({ length: 20_000 }, (_, i) => i).filter((i) => i % 5000 !== 4999),
    );
    expect(found.at(-2)).toMatchObject({ length: 20, rtype: 0x77 });
  });
});

describe('files', () => {
  test('headers of every version come back as they were written', async () => {
    for (const version of [1, 2, 3] as const) {
      const symbolLength = version === 1 ? 22 : 71;
      const header = {
        ...plainHeader,
        version,
        symbolLength,
        schema: version === 2 ? null : plainHeader.schema,
        end: version === 3 ? 5n : null,
        tsOut: version === 2,
      };
      const bytes = encodeHeader(header);
      if (version === 3) expect(bytes.length % 8).toBe(0);
      const file = await dbnOfBytes(bytes, 'x.dbn');
      expect(file.header).toEqual(header);
      expect(file.bodyStart).toBe(bytes.length);
      expect(await read(bytes)).toEqual([]);
    }
  });

  test('fragments are known by their name', async () => {
    const record = randomRecord(trade, createRng(2));
    const bytes = encodeRecord(trade, record);
    expect(await read(bytes, { place: 'x.dbn.frag' })).toEqual([withLength(record, 48)]);
    expect(await read(zstdFrame(bytes), { place: 'x.dbn.frag.zst' })).toEqual([withLength(record, 48)]);
    await expect(read(bytes)).rejects.toThrow('it does not begin with "DBN"');
  });

  test('packed in several frames, with something to skip between them, give the same records', async () => {
    const rng = createRng(3);
    const bytes = dbnBytes(
      {},
      Array.from({ length: 6000 }, () => [mbo, randomRecord(mbo, rng)] as const),
    );
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const packed = Buffer.concat([
      zstdFrame(bytes.subarray(0, 77)),
      skippable,
      zstdFrame(bytes.subarray(77, 200_000)),
      zstdFrame(bytes.subarray(200_000)),
    ]);
    expect(await read(packed)).toEqual(await read(bytes));
  });

  test('that end early are refused with the offset, or counted where that is allowed', async () => {
    const rng = createRng(4);
    const bytes = dbnBytes({}, [
      [mbo, randomRecord(mbo, rng)],
      [mbo, randomRecord(mbo, rng)],
    ]);
    const cut = bytes.subarray(0, -9);
    await expect(read(cut)).rejects.toMatchObject({
      code: 'data_invalid',
      message: `the file ends inside the record at byte ${bytes.length - 56}: 47 bytes are left`,
    });
    const file = await dbnOfBytes(cut, 'x.dbn', { allowTruncated: true });
    let count = 0;
    for await (const run of file.runs()) count += run.count;
    expect([count, file.cutOff.bytes]).toEqual([1, 47]);
    for (const length of [0, 5, 60, 150]) await expect(read(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'data_invalid' });
    const packed = zstdFrame(bytes);
    for (const length of [4, 10, 50, packed.length - 1])
      await expect(read(packed.subarray(0, length))).rejects.toThrow(/ends inside a frame/);
  });

  test('that are damaged are refused with a reason', async () => {
    const rng = createRng(5);
    const good = dbnBytes({}, [[mbo, randomRecord(mbo, rng)]]);
    const changed = (at: number, ...values: number[]): Uint8Array => {
      const bytes = Uint8Array.from(good);
      bytes.set(values, at);
      return bytes;
    };
    const body = good.length - 56;
    await expect(read(changed(3, 4))).rejects.toThrow(/DBN version 4/);
    await expect(read(changed(4, 9, 0, 0, 0))).rejects.toThrow(/its header has 9 bytes/);
    for (const length of [100, 103]) await expect(read(changed(4, length, 0, 0, 0))).rejects.toThrow(`its header has ${length} bytes`);
    await expect(read(changed(4, 104, 0, 0, 0))).rejects.toThrow(/ends inside a list of symbols/);
    await expect(read(changed(4, 0xff, 0xff, 0xff, 0xff))).rejects.toThrow(/its header has 4294967295 bytes/);
    await expect(read(changed(24, 99))).rejects.toThrow(/unknown schema 99/);
    await expect(read(changed(53, 0, 0))).rejects.toThrow(/symbols have no length/);
    await expect(read(changed(108, 1))).rejects.toThrow(/schema definition/);
    await expect(read(changed(112, 0xff, 0xff, 0xff, 0xff))).rejects.toThrow(/counts 4294967295 entries/);
    await expect(read(changed(body, 3))).rejects.toThrow(/a length of 12 bytes, shorter than its header/);
    await expect(read(changed(body, 13))).rejects.toThrow(/a record of type mbo has 52 bytes, not 56/);
    await expect(openDbn('old.dbz')).rejects.toThrow(/\.dbz/);
    await expect(openDbn('/nowhere/x.dbn')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('with checksums are compared with them, frame by frame', async () => {
    const hashes = await xxhash();
    const rng = createRng(7);
    const bytes = dbnBytes(
      {},
      Array.from({ length: 5000 }, () => [mbo, randomRecord(mbo, rng)] as const),
    );
    const [first, second] = [bytes.subarray(0, 150_000), bytes.subarray(150_000)];
    const sumOf = (part: Uint8Array): number => Number(hashes.h64Raw(part) & 0xffffffffn);
    const whole = (offset: number): Uint8Array =>
      Buffer.concat([zstdFrame(first, sumOf(first)), zstdFrame(new Uint8Array()), zstdFrame(second, (sumOf(second) + offset) % 2 ** 32)]);
    expect(await read(whole(0))).toHaveLength(5000);
    await expect(read(whole(1))).rejects.toMatchObject({ code: 'data_invalid', hint: expect.stringContaining('download it again') });
  });

  test('that unpack to another length than their frames state are refused, with or without a checksum', async () => {
    const bytes = dbnBytes({}, [[mbo, randomRecord(mbo, createRng(8))]]);
    for (const by of [56, -56]) {
      const frame = Buffer.from(zstdFrame(bytes));
      frame.writeBigUInt64LE(BigInt(bytes.length + by), 5);
      await expect(read(frame)).rejects.toThrow(/does not have the length that it states/);
    }
  });

  test('that unpack to far more than records can be packed from, or than is allowed, are refused', async () => {
    await expect(skim(zstdBomb(1000), 'x.dbn.frag')).rejects.toThrow(/unpacks to more than 500 times its size/);
    await expect(read(dbnBytes({}, [[mbo, randomRecord(mbo, createRng(6))]]), { maxBytes: 300 })).rejects.toThrow(/more than 300 bytes/);
    const wide = zstdBomb(1);
    wide[5] = 18 << 3;
    await expect(read(wide, { place: 'x.dbn.frag' })).rejects.toThrow(/needs a window of 268435456 bytes/);
    // fzstd takes matches this far back from a wrong place.
    wide[5] = 16 << 3;
    await expect(read(wide, { place: 'x.dbn.frag' })).rejects.toMatchObject({
      message: expect.stringContaining('needs a window of 67108864 bytes'),
      hint: expect.stringContaining('zstd -d'),
    });
    wide[4] = 1;
    await expect(read(wide, { place: 'x.dbn.frag' })).rejects.toThrow(/needs a dictionary/);
  });
});

describe.skipIf(!hasSharedData)(`real files${sharedDataNote}`, () => {
  const names = hasSharedData ? readdirSync(sharedDataFile('dbn'), { recursive: true, encoding: 'utf8' }) : [];

  test('come back byte for byte after decoding and encoding', async () => {
    const files = names.filter((name) => /\.dbn(\.frag)?(\.zst)?$/.test(name) && !name.startsWith('nautilus/orderbooks'));
    expect(files.length).toBeGreaterThan(140);
    for (const name of files) {
      const path = sharedDataFile(`dbn/${name}`);
      const bytes = Buffer.alloc(2 ** 19);
      const source = await openSource(path);
      const size = await source.read(bytes);
      await source.close();
      const file = await openDbn(path);
      const parts: Uint8Array[] = file.header === null ? [] : [encodeHeader(file.header)];

      for await (const record of recordsOf(file)) parts.push(encodeRecord(layoutOfRecord(record), record));
      expect(Buffer.concat(parts).equals(bytes.subarray(0, size)), name).toBe(true);
    }
  });
});

function layoutOfRecord(record: DbnRecord): Layout {
  return layoutOf(Number(record['rtype']), Number(record['length']), 'test')!;
}
