/**
 * Reads mutated Parquet files, of tables and of Databento's records: `npm run fuzz:parquet [-- --files 30000] [-- --seed 1]`. Fails at an error without a code, a crash, or a file
 * that takes more than a second of processor time, and prints the seed that makes the file again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { layoutNamed } from '../fixtures/dbn.ts';
import { parquetRecords, recordsOf } from '../fixtures/parquet-records.ts';
import { mutate } from './mutate.ts';
import { outcomeOf, parquetText, recordsText } from './parquet-outcome.ts';

const { values: flags } = parseArgs({ options: { files: { type: 'string', default: '30000' }, seed: { type: 'string', default: '1' } } });
const mostMs = 1000;
const fixtures = new URL('../fixtures/parquet/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
const written = (['trade', 'mbo', 'mbp-1', 'mbp-10'] as const).map((name) => {
  const path = join(folder, `${name}.parquet`);
  const layout = layoutNamed(name);
  writeFileSync(path, parquetRecords(layout, recordsOf(layout, layout.rtypes[0]!, 40), { symbolOf: () => 'ESH4' }));
  return { path, read: recordsText };
});
const given = readdirSync(fixtures).map((name) => ({ path: join(fixtures, name), read: parquetText }));
const originals = await Promise.all(
  [...given, ...written]
    .filter(({ path }) => path.endsWith('.parquet'))
    .map(async ({ path, read }) => ({ name: basename(path), bytes: readFileSync(path), text: await read(path), read })),
);
const counts = { same: 0, 'other values': 0, refused: 0 };
let slowest = 0;
try {
  for (let i = 0; i < Number(flags.files); i++) {
    const seed = Number(flags.seed) + i;
    const { name, bytes, text, read } = originals[seed % originals.length]!;
    const before = process.cpuUsage();
    try {
      counts[await outcomeOf(join(folder, 'mutated.parquet'), mutate(bytes, seed), text, read)] += 1;
    } catch (error) {
      console.error(`${name}, seed ${seed}:`, error);
      process.exitCode = 1;
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    slowest = Math.max(slowest, ms);
    if (ms <= mostMs) continue;
    console.error(`${name}, seed ${seed}: ${Math.round(ms)} ms of processor time`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log({ ...counts, slowestMs: Math.round(slowest), memoryMb: Math.round(process.resourceUsage().maxRSS / 1024) });
