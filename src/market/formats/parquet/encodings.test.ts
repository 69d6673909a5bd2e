import { describe, expect, test } from 'vitest';
import { ByteCursor } from './cursor.ts';
import { decodeDelta, decodeDeltaBytes } from './delta.ts';
import { decodeHybrid } from './hybrid.ts';

const cursor = (...bytes: readonly number[]): ByteCursor => new ByteCursor(Uint8Array.from(bytes));

/** Bytes of LEB128. */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

describe('the hybrid of runs and packed groups (parquet-format, Encodings.md)', () => {
  test('the example: 0 to 7 in three bits', () => {
    expect([...decodeHybrid(cursor(0b11, 0b10001000, 0b11000110, 0b11111010), 3, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('runs and groups follow one another; the last group may be longer than the page', () => {
    const run = [...varint(1000 * 2), 0x39, 0x05];
    const group = [0b11, 0x01, 0x00, 0x02, 0x00, 0x03, 0x00, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
    const values = decodeHybrid(cursor(...run, ...group), 16, 1004);
    expect([values[0], values[999], ...values.subarray(1000)]).toEqual([1337, 1337, 1, 2, 3, 65535]);
  });

  test.each([1, 5, 9, 13, 17, 24, 31, 32])('values of %i bits come back', (bits) => {
    const values = Array.from({ length: 24 }, (_, i) => Number(BigInt.asUintN(bits, BigInt(i + 1) * 0x9e3779b97f4a7c15n)));
    const packed = values.reduce((all, value, i) => all | (BigInt(value) << BigInt(i * bits)), 0n);
    const bytes = Array.from({ length: 3 * bits }, (_, i) => Number((packed >> BigInt(8 * i)) & 255n));
    expect([...decodeHybrid(cursor(0b111, ...bytes), bits, 24)]).toEqual(values);
  });

  test.each([
    ['a run far beyond the page', cursor(...varint(2 ** 40), 7), [7, 7, 7, 7]],
    ['no bits at all', cursor(8), [0, 0, 0, 0]],
  ])('%s', (_, bytes, values) => {
    expect([...decodeHybrid(bytes, values[0] === 0 ? 0 : 3, 4)]).toEqual(values);
  });

  test.each([
    ['ends too early', cursor(0b11, 1), 3],
    ['has a run of no values', cursor(0), 3],
    ['has more than 32 bits', cursor(2, 0), 33],
  ])('a page that %s is refused', (message, bytes, bits) => {
    expect(() => decodeHybrid(bytes, bits, 8)).toThrow(message === 'has more than 32 bits' ? /packs values into 33 bits/ : message);
  });
});

describe('differences (parquet-format, Encodings.md, "Delta Encoding")', () => {
  const header = [...varint(128), 4];

  test('the first example: equal differences take no bits', () => {
    expect([...decodeDelta(cursor(...header, 5, 2, 2, 0, 0, 0, 0), 5)]).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  test('the second example: differences from the smallest, in two bits', () => {
    const packed = [0xc0, 0x3f, 0, 0, 0, 0, 0, 0];
    expect([...decodeDelta(cursor(...header, 8, 14, 3, 2, 0, 0, 0, ...packed), 8)]).toEqual([7n, 5n, 3n, 1n, 2n, 3n, 4n, 5n]);
  });

  test('the example of texts: lengths of the shared beginnings, then of the rest', () => {
    const padding = new Array<number>(10).fill(0);
    const prefixes = [...header, 4, 0, 3, 3, 0, 0, 0, 0x44, 0x01, ...padding];
    const lengths = [...header, 4, 8, 3, 3, 0, 0, 0, 0x70, 0x00, ...padding];
    const bytes = decodeDeltaBytes(cursor(...prefixes, ...lengths, ...Buffer.from('axislebabbleyhood')), 4);
    expect(bytes.map((value) => Buffer.from(value).toString())).toEqual(['axis', 'axle', 'babble', 'babyhood']);
  });

  test.each([
    ['another count', [...header, 6, 2, 2, 0, 0, 0, 0]],
    ['no miniblocks', [...varint(128), 0, 5, 2, 2]],
    ['blocks that are no multiple', [...varint(100), 4, 5, 2, 2]],
    ['more than 64 bits', [...header, 5, 2, 2, 65, 0, 0, 0]],
    ['too few bytes', [...header, 5, 2, 2, 8, 0, 0, 0, 1]],
  ])('%s are refused', (_, bytes) => {
    expect(() => decodeDelta(cursor(...bytes), 5)).toThrow(/^a page/);
  });
});
