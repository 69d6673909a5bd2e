import { describe, expect, test } from 'vitest';
import { dbnBytes, layoutNamed, randomRecord, zstdBomb, zstdFrame } from '../../../tests/fixtures/dbn.ts';
import { createRng } from '../../core/rng.ts';
import type { DbnHeader } from '../../market/dbn/header.ts';
import { type DbnRecord, decodeRecord, decodeUnknown, encodeRecord } from '../../market/dbn/record.ts';
import type { Compression } from './control-lines.ts';
import { createRecordReader, type LiveRecord } from './record-reader.ts';

const names = ['mbp-1', 'system', 'trade', 'error', 'symbol-mapping', 'ohlcv'];

/** A session's bytes: its metadata and a record of each kind. */
function session(tsOut: boolean): { readonly bytes: Uint8Array; readonly records: readonly DbnRecord[] } {
  const rng = createRng('session');
  const records = names.map(
    (name) => [layoutNamed(name), randomRecord(layoutNamed(name), rng, tsOut ? { ts_out: 2n ** 63n + 1n } : {})] as const,
  );
  return {
    bytes: dbnBytes({ schema: null, tsOut, stypeIn: 255, symbols: [], notFound: [], mappings: [] }, records),
    records: records.map(([layout, record]) => ({ ...record, length: layout.bytes + (tsOut ? 8 : 0) })),
  };
}

const decoded = ({ layout, view, start }: LiveRecord): DbnRecord => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return layout === null ? decodeUnknown(bytes, start) : decodeRecord(layout, bytes, start);
};

function readAll(pieces: readonly Uint8Array[], compression: Compression = 'none') {
  const headers: DbnHeader[] = [];
  const records: DbnRecord[] = [];
  const reader = createRecordReader(compression, 'test', {
    onHeader: (header) => headers.push(header),
    onRecord: (record) => {
      records.push(decoded(record));
      return true;
    },
  });
  for (const piece of pieces) reader.push(piece);
  return { headers, records, held: reader.held() };
}

/** The same bytes as one frame that never ends, in blocks of the given length, as a gateway flushes them. */
function endlessFrame(bytes: Uint8Array, block: number): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x18])];
  for (let at = 0; at < bytes.length; at += block) {
    const part = bytes.subarray(at, at + block);
    const head = Buffer.alloc(3);
    head.writeUIntLE(part.length * 8, 0, 3);
    parts.push(head, part);
  }
  return Buffer.concat(parts);
}

describe.each([false, true])('records of a session with send times %s', (tsOut) => {
  const { bytes, records } = session(tsOut);

  test('are the same wherever the bytes are cut', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const read = readAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(read.records, String(cut)).toEqual(records);
      expect(read.headers.map((header) => [header.dataset, header.tsOut])).toEqual([['GLBX.MDP3', tsOut]]);
      expect(read.held).toBe(0);
    }
    expect(readAll(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))).records).toEqual(records);
  });

  test('are the same packed with Zstandard, each as soon as its block is there', () => {
    for (const block of [16, 100, 4096]) {
      const packed = endlessFrame(bytes, block);
      for (let cut = 0; cut <= packed.length; cut += block === 4096 ? 1 : 7)
        expect(readAll([packed.subarray(0, cut), packed.subarray(cut)], 'zstd').records, `${block} ${cut}`).toEqual(records);
      expect(
        readAll(
          Array.from(packed, (_, at) => packed.subarray(at, at + 1)),
          'zstd',
        ).records,
      ).toEqual(records);
    }
  });

  test('that are not complete are held', () => {
    const read = readAll([bytes.subarray(0, bytes.length - 5)]);
    expect(read.records).toEqual(records.slice(0, -1));
    expect(read.held).toBe(56 + (tsOut ? 8 : 0) - 5);
  });
});

test('the smallest metadata have 128 bytes', () => {
  const bytes = dbnBytes({ schema: null, stypeIn: 255, stypeOut: 0, symbols: [], notFound: [], mappings: [] }, []);
  expect([bytes.length, new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)]).toEqual([128, 120]);
  expect(readAll([bytes]).headers).toHaveLength(1);
});

test('a heartbeat begins with the bytes that a gateway sends', () => {
  const beat = encodeRecord(layoutNamed('system'), {
    publisher_id: 0,
    instrument_id: 0,
    ts_event: 0x17979cfe362a0000n,
    msg: 'Heartbeat',
    code: 0,
  });
  expect(Buffer.from(beat.subarray(0, 25)).toString('hex')).toBe('501700000000000000002a36fe9c9717486561727462656174');
  expect(beat).toHaveLength(320);
});

test('records of an unknown type are stepped over', () => {
  const strange = Buffer.alloc(24);
  strange.set([6, 0xee]);
  const { bytes, records } = session(false);
  const read = readAll([Buffer.concat([bytes, strange])]);
  expect(read.records.slice(0, -1)).toEqual(records);
  expect(read.records.at(-1)).toMatchObject({ rtype: 0xee, length: 24 });
});

test('nothing is read behind the record that was the last one wanted', () => {
  const { bytes } = session(false);
  let count = 0;
  const reader = createRecordReader('none', 'test', { onHeader: () => undefined, onRecord: () => ++count < 2 });
  reader.push(bytes);
  reader.push(Buffer.from([0, 0, 0]));
  expect(count).toBe(2);
});

describe('refused is', () => {
  const refusal = expect.objectContaining({ code: 'data_invalid', place: 'test' });
  const { bytes } = session(false);

  test('what does not begin with metadata', () => {
    expect(() => readAll([Buffer.from('success=1|session_id=1\n')])).toThrow(refusal);
  });

  test('a record shorter than its header', () => {
    expect(() => readAll([Buffer.concat([bytes, new Uint8Array(16)])])).toThrow(refusal);
  });

  test('a record without the send time that the metadata promise, and one with a send time that they do not', () => {
    const record = encodeRecord(layoutNamed('trade'), randomRecord(layoutNamed('trade'), createRng(1)));
    const sent = encodeRecord(layoutNamed('trade'), randomRecord(layoutNamed('trade'), createRng(1), { ts_out: 1n }));
    expect(() => readAll([Buffer.concat([session(true).bytes, record])])).toThrow(refusal);
    expect(() => readAll([Buffer.concat([bytes, sent])])).toThrow(refusal);
  });

  test('what is no frame, and a frame whose content is no feed', () => {
    expect(() => readAll([bytes], 'zstd')).toThrow(refusal);
    expect(() => readAll([zstdBomb(4)], 'zstd')).toThrow(refusal);
    expect(readAll([zstdFrame(bytes)], 'zstd').headers).toHaveLength(1);
  });

  test('a block that cannot be unpacked', () => {
    const broken = Buffer.concat([endlessFrame(bytes, 4096), Buffer.from([(20 << 3) | 4, 0, 0]), Buffer.alloc(20, 0xff)]);
    expect(() => readAll([broken], 'zstd')).toThrow(refusal);
  });
});
