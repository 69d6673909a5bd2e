/**
 * Reads mutated files of text: `npm run fuzz:csv [-- --files 30000] [-- --seed 1]`. Fails at an error without a code, a crash, bars that are
 * other than the text says, or a file that takes more than a second of processor time, and prints the seed that makes the file again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { barsOf, changedCopy, fuzzedFiles, outcomeOf } from './csv-outcome.ts';

const { values: flags } = parseArgs({ options: { files: { type: 'string', default: '30000' }, seed: { type: 'string', default: '1' } } });
const mostMs = 1000;
const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
const path = join(folder, 'X.csv');
const counts = { same: 0, 'other values': 0, refused: 0 };
let slowest = 0;
try {
  const originals = [];
  for (const file of fuzzedFiles) {
    writeFileSync(path, file.bytes);
    originals.push({ file, bars: await barsOf(path, file.source) });
  }
  for (let i = 0; i < Number(flags.files); i++) {
    const seed = Number(flags.seed) + i;
    const { file, bars } = originals[seed % originals.length]!;
    const before = process.cpuUsage();
    try {
      counts[await outcomeOf(path, file, changedCopy(file, seed), bars)] += 1;
    } catch (error) {
      console.error(`${file.name}, seed ${seed}:`, error);
      process.exitCode = 1;
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    slowest = Math.max(slowest, ms);
    if (ms > mostMs) {
      console.error(`${file.name}, seed ${seed}: ${ms.toFixed(0)} ms of processor time`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${JSON.stringify(counts)}, slowest ${slowest.toFixed(0)} ms`);
