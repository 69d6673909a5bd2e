import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dbnBytes, layoutNamed, randomRecord } from '../../../tests/fixtures/dbn.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { createRng } from '../../core/rng.ts';
import { openDbn } from '../dbn/reader.ts';
import { tickOfSymbols } from './dbn-ticks.ts';
import { type LevelsRequest, writeLevels } from './write-levels.ts';

const mbo = layoutNamed('mbo');

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-levels-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tickOf: LevelsRequest['tickOf'] = (id, header) => tickOfSymbols(id, header, undefined, 'x');

test('other schemas, files that exist and unknown ticks are refused', () =>
  inFolder(async (folder) => {
    const order = randomRecord(mbo, createRng(1), { instrument_id: 17077, action: 'A', side: 'B', price: 250_000_000n, flags: 128 });
    const [orders, trades, unknown, to] = ['a.dbn', 'b.dbn', 'c.dbn', 'd.dbn'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    writeFileSync(orders, dbnBytes({}, [[mbo, order]]));
    writeFileSync(trades, dbnBytes({ schema: 'trades' }, []));
    writeFileSync(unknown, dbnBytes({ mappings: [] }, [[mbo, order]]));
    await expect(writeLevels({ path: trades, to, tickOf })).rejects.toThrow(/not from trades/);
    await expect(writeLevels({ path: unknown, to, tickOf })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--tick'),
    });
    await expect(writeLevels({ path: orders, to: orders, tickOf })).rejects.toMatchObject({ code: 'conflict' });
    expect(await writeLevels({ path: orders, to, tickOf, replace: true })).toEqual({ file: to, records: 1, unknownOrders: 0 });
  }));

test.skipIf(!hasSharedData)(`a real day of orders gives the stored levels, event by event${sharedDataNote}`, () =>
  inFolder(async (folder) => {
    const to = join(folder, 'x.dbn');
    const written = await writeLevels({ path: sharedDataFile('orderbook/esh4-glbx-mdp3-20231225.mbo.dbn.zst'), to, tickOf });
    expect(written).toMatchObject({ records: 40_037, unknownOrders: 0 });
    const [own, stored] = await Promise.all([levelsOf(to), levelsOf(sharedDataFile('orderbook/DERIVED_esh4-20231225.mbp-10.v3.dbn.zst'))]);
    expect(own.equals(stored)).toBe(true);
  }),
);

/** Time of receipt and levels of every record, as bytes. */
async function levelsOf(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const { bytes, start, count, stride } of (await openDbn(path)).runs())
    for (let at = start; at < start + count * stride; at += stride)
      parts.push(Buffer.from(bytes.subarray(at + 32, at + 40)), Buffer.from(bytes.subarray(at + 48, at + 368)));
  return Buffer.concat(parts);
}
