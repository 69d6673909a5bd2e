import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { first, header, lines, readInMemory, second, third, useCsvFolder } from '../../../tests/fixtures/csv.ts';
import { zipOf } from '../../../tests/fixtures/zip.ts';
import { sessionCalendars } from '../calendars/index.ts';
import { readingFactsOf } from './describe.ts';

const { pathOf } = useCsvFolder();

async function readZip(files: Readonly<Record<string, string>>, change: (archive: Buffer) => Buffer = (archive) => archive) {
  writeFileSync(pathOf('ABC.zip'), change(zipOf(files)));
  const calendar = sessionCalendars['us-equities'];
  const { all } = await readInMemory([{ file: pathOf('ABC.zip'), format: { zone: 'America/New_York', stamp: 'start' } }], {
    calendar,
    barMs: 60_000,
  });
  const [{ series, parts }] = all as [(typeof all)[number]];
  return {
    volume: [...series.volume],
    files: parts.map(({ file }) => file),
    facts: parts.map((part) => readingFactsOf(part, calendar.zone)),
  };
}

test('the tables of an archive are parts in time order, and its other files are named as left out', async () => {
  const tables = { 'x/ABC_2.csv': lines(header, third), 'x/ABC_1.csv': lines(header, first, second) };
  const { volume, files, facts } = await readZip({ ...tables, 'x/ABC_1.txt': 'Gap of 120 s found', 'readme.md': 'a', '__MACOSX/x': 'b' });
  expect(volume).toEqual([273_668, 54_087, 100]);
  expect(files).toEqual(['ABC_2.csv', 'ABC_1.csv']);
  expect(facts.map(({ leftOut }) => leftOut.entries)).toEqual([['x/ABC_1.txt', 'readme.md'], []]);
  expect((await readZip({ 'ABC.txt': lines(header, first), 'readme.md': 'a' })).volume).toEqual([273_668]);
});

test('packed files in an archive are refused, as are damaged ones', async () => {
  const csv = lines(header, first);
  await expect(readZip({ 'ABC_1.csv': csv, 'ABC_2.csv.gz': 'x', 'ABC.zip': 'y' })).rejects.toMatchObject({
    code: 'data_invalid',
    message: 'the archive holds packed files: ABC_2.csv.gz, ABC.zip',
  });
  const changed = (archive: Buffer): Buffer => {
    const copy = Buffer.from(archive);
    copy[copy.indexOf('245.4')] = 51;
    return copy;
  };
  await expect(readZip({ 'ABC.csv': csv }, changed)).rejects.toMatchObject({
    message: expect.stringContaining('its checksum does not fit'),
  });
  await expect(readZip({ 'ABC.csv': csv }, (archive) => archive.subarray(0, -9))).rejects.toMatchObject({ code: 'data_invalid' });
  await expect(readZip({ 'x/': '' })).rejects.toMatchObject({ message: 'the archive is empty' });
});
