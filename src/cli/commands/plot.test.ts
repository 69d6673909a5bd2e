import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';

const database = useDatabase();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-plot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pruned = { kind: 'pruned', atStep: 2, reason: 'below the median' } as const;

const study = () =>
  studyWith(
    database.db,
    [
      {
        params: { lr: 0.5, layers: 1 },
        outcome: complete(3),
        reports: [
          [1, 2],
          [2, 3],
        ],
      },
      {
        params: { lr: 0.25, layers: 2 },
        outcome: pruned,
        reports: [
          [1, 1],
          [2, 1.5],
        ],
      },
      {
        params: { lr: 0.125, layers: 3 },
        outcome: complete(5),
        reports: [
          [1, 4],
          [2, 5],
        ],
      },
      { params: { lr: 0.1, layers: 3 }, outcome: complete(Number.POSITIVE_INFINITY) },
    ],
    { direction: 'maximize' },
  );

async function plot(argv: readonly string[], { isTerminal = false, env = {} as Io['env'], width = 72 } = {}) {
  const written = { out: '', err: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal,
    width: () => (isTerminal ? width : Number.POSITIVE_INFINITY),
  });
  const io: Io = { out: sink('out'), err: sink('err'), in: new PassThrough(), env };
  return { code: await main(['plot', ...argv, '--database-url', database.url], io), ...written };
}

test('a picture says what is best and of how many trials, and appears whole', async () => {
  const { name } = await study();
  const file = join(folder, 'history.svg');
  expect(await plot([name, 'history', '--out', file])).toMatchObject({ code: 0, out: `file\n${file}\n`, err: '' });
  const svg = readFileSync(file, 'utf8');
  expect(svg).toContain('The best value is ∞, of trial 3; the best was improved 2 times.');
  expect(svg).toContain('4 trials; infinite and not drawn: 1 of 4.');
  expect(readdirSync(folder)).toEqual(['history.svg']);
});

test('a picture of pixels has letters on a machine without fonts, at twice the width', async () => {
  const { name } = await study();
  const file = join(folder, 'curves.PNG');
  expect((await plot([name, 'curves', '-o', file, '--width', '400', '--scheme', 'dark'])).code).toBe(0);
  const png = readFileSync(file);
  // Signature, then width and height of the header (PNG specification, third edition, 11.2.1).
  expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 800, 880]);
  expect((await plot([name, 'curves', '-o', file, '--width', '400'])).code).toBe(3);
  expect((await plot([name, 'curves', '-o', file, '--width', '400', '--replace'])).code).toBe(0);
  expect(readFileSync(file).equals(png)).toBe(false);
});

test('a terminal gets characters in its width, with its colours unless NO_COLOR is set', async () => {
  const { name } = await study();
  const code = '\u001b[';
  const coloured = await plot([name, 'history', '--out', '-'], { isTerminal: true });
  expect(coloured.out).toContain(code);
  const plain = await plot([name, 'history', '--out', '-'], { isTerminal: true, env: { NO_COLOR: '1' } });
  expect(plain.out).not.toContain(code);
  for (const line of plain.out.split('\n')) expect(line.length).toBeLessThan(72);
  const piped = await plot([name, 'importance', '--out', '-']);
  expect([piped.code, piped.out]).toEqual([0, expect.not.stringContaining(code)]);
  expect(piped.out).toMatch(/^lr +\d+\.\d\d % [█░]*$/m);
});

test('what cannot be drawn is said with what to do, and nothing is written', async () => {
  const { name } = await studyWith(database.db, [{ params: { lr: 0.5, layers: 1 } }]);
  const file = join(folder, 'x.svg');
  const cases: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
    [[name, 'history', '--out', file], /no trial of it is complete yet\nhint: assay run/],
    [[name, 'importance', '--out', file], /no trial of it is complete yet\nhint: assay run/],
    [[name, 'curves', '--out', file], /no trial of it has reported a value\nhint: /],
    [[name, 'equity', '--out', file], /no trial of it is complete yet\nhint: name a trial/],
    [[`${name}#0`, 'history', '--out', file], /history is of a whole study\nhint: /],
    [['no-such-study', 'history', '--out', file], /there is no study no-such-study\nhint: assay study ls/],
    [[name, 'rank', '--out', file], /Allowed choices are history, importance, curves, equity/],
    [[name, 'history', '--out', join(folder, 'x.pdf')], /ends with \.svg or \.png/],
    [[name, 'history', '--out', file, '--width', '20'], /a whole number from 320 to 4000/],
  ];
  for (const [argv, said] of cases) {
    const { code, err } = await plot(argv);
    expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  }
  const { name: other } = await study();
  expect(await plot([other, 'history', '--out', join(folder, 'none/x.svg')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('hint: check that the folder exists'),
  });
  expect(existsSync(file) || readdirSync(folder).length > 0).toBe(false);
});
