/**
 * Reads mutated files of Databento: `npm run fuzz:dbn [-- --files 30000] [-- --seed 1]`. Fails at an error without a code, a crash, or a file
 * that takes more than two seconds of processor time, and prints the seed that makes the file again.
 */
import { parseArgs } from 'node:util';
import { dbnOutcome, originalFiles } from './dbn-files.ts';
import { mutate } from './mutate.ts';

const { values: flags } = parseArgs({ options: { files: { type: 'string', default: '30000' }, seed: { type: 'string', default: '1' } } });
const mostMs = 2000;
const originals = originalFiles();
const counts = { read: 0, refused: 0 };
let slowest = 0;
for (let i = 0; i < Number(flags.files); i++) {
  const seed = Number(flags.seed) + i;
  const { name, bytes } = originals[seed % originals.length]!;
  const before = process.cpuUsage();
  try {
    counts[await dbnOutcome(name, mutate(bytes, seed))] += 1;
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
console.log({ ...counts, slowestMs: Math.round(slowest), memoryMb: Math.round(process.resourceUsage().maxRSS / 1024) });
