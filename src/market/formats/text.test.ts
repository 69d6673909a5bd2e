import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { asDeclaredByDefault, first, header, lines, readCsv, second, useCsvFolder } from '../../../tests/fixtures/csv.ts';
import { defaultMaxBytes, textsOf } from './text.ts';

const { pathOf, read, problemOf } = useCsvFolder();

describe('a file that is made to fill the memory', () => {
  /** 64 MB of one letter in some 65 kB; members of an archive may follow one another. */
  const member = (letter: string): Buffer => gzipSync(Buffer.alloc(64 * 2 ** 20, letter), { level: 9 });
  const bomb = (letter: string, members: number): Buffer => {
    const one = member(letter);
    return Buffer.concat(Array.from({ length: members }, () => one));
  };

  test.each([
    ['3 GB of empty lines', '\n', /unpack to more than \d+, over 100 times as many|nothing but empty lines/],
    ['one line of 3 GB', 'a', /unpack to more than|a line is longer/],
    ['one field of 3 GB in quotes', '"', /unpack to more than|a line is longer/],
  ])('%s in 3 MB is refused after a small part of it', async (_, letter, says) => {
    const path = pathOf('BOMB.csv.gz');
    const packed = bomb(letter, 48);
    writeFileSync(path, Buffer.concat([gzipSync(lines(header, first)), packed]));
    expect(packed.length).toBeLessThan(4 * 2 ** 20);
    let bytes = 0;
    const counted = async (): Promise<void> => {
      const [text] = await textsOf(path);
      for await (const piece of text!.open(defaultMaxBytes)) bytes += piece.length;
    };
    await expect(counted()).rejects.toThrow(expect.objectContaining({ code: 'data_invalid', place: path }));
    expect(bytes).toBeLessThan(48 * 2 ** 20);
    await expect(readCsv(path, 'ABC', asDeclaredByDefault)).rejects.toThrow(
      expect.objectContaining({ code: 'data_invalid', message: expect.stringMatching(says) }),
    );
  });

  test.each([
    ['a line', lines(header, first) + 'x'.repeat(2 ** 17), 'ABC.csv:3'],
    ['the first line', 'x'.repeat(2 ** 20), 'ABC.csv:1'],
    ['a field in quotes', `${lines(header, first)}"${'x\n'.repeat(2 ** 17)}`, /^ABC\.csv:\d+$/],
    ['white space', lines(header, first) + ' '.repeat(2 ** 20), 'ABC.csv:3'],
  ])('%s without an end is refused with file and line', async (_, text, place) => {
    const problem = await problemOf(text);
    expect(problem).toMatchObject({ code: 'data_invalid', message: expect.stringContaining('longer than 65536 bytes') });
    expect(problem.place).toMatch(place);
  });

  test('empty lines without an end are refused', async () => {
    expect(await problemOf(lines(header, first) + '\n'.repeat(2 ** 20))).toMatchObject({
      code: 'data_invalid',
      message: expect.stringContaining('nothing but empty lines'),
    });
    const some = await read(lines(header, first) + '\n'.repeat(1000) + lines(second));
    expect(some.series.time).toHaveLength(2);
  });

  test('more bytes than are allowed are refused, packed or not; as many as are allowed are read', async () => {
    const text = lines(header, first, second);
    for (const content of [text, gzipSync(text)]) {
      expect(await problemOf(content, { maxBytes: text.length - 1 })).toMatchObject({
        code: 'data_invalid',
        place: 'ABC.csv',
        message: `the file holds more than ${text.length - 1} bytes`,
        hint: expect.stringContaining('--max-bytes'),
      });
      expect((await read(content, { maxBytes: text.length })).bytes).toBe(text.length);
    }
  });

  test('what the parser refuses for any reason has a code, the file and the line', async () => {
    expect(await problemOf(`${lines(header, first)}"2018-02-16"x,09:31:00,1,1,1,1,1\n`)).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:3',
      message: expect.stringMatching(/^not a table: /),
    });
    expect(await problemOf(`${lines(header, first)}"2018-02-16,09:31`)).toMatchObject({
      code: 'data_invalid',
      message: expect.stringMatching(/^not a table: /),
    });
  });
});
