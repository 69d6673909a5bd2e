/**
 * Reads mutated Parquet files: `npm run fuzz:parquet [-- --files 30000] [-- --seed 1]`. Fails at an error without a code, a crash, or a file
 * that takes more than a second of processor time, and prints the seed that makes the file again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mutate } from './mutate.ts';
import { outcomeOf, parquetText } from './parquet-outcome.ts';

const { values: flags } = parseArgs({ options: { files: { type: 'string', default: '30000' }, seed: { type: 'string', default: '1' } } });
const mostMs = 1000;
const fixtures = new URL('../fixtures/parquet/', import.meta.url).pathname;
const originals = await Promise.all(
  readdirSync(fixtures)
    .filter((name) => name.endsWith('.parquet'))
    .map(async (name) => ({ name, bytes: readFileSync(join(fixtures, name)), text: await parquetText(join(fixtures, name)) })),
);
const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
const counts = { same: 0, 'other values': 0, refused: 0 };
let slowest = 0;
try {
  for (let i = 0; i < Number(flags.files); i++) {
    const seed = Number(flags.seed) + i;
    const { name, bytes, text } = originals[seed % originals.length]!;
    const before = process.cpuUsage();
    try {
      counts[await outcomeOf(join(folder, 'mutated.parquet'), mutate(bytes, seed), text)] += 1;
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
