/** Checks all golden files in a directory and its folders: `npm run golden -- <directory>`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/core/errors.ts';
import { type GoldenCase, goldenCases } from './kinds.ts';

const [directory, ...rest] = process.argv.slice(2);
if (directory === undefined || rest.length > 0) {
  console.error('error: name one directory of golden files\nhint: npm run golden -- ../shared/golden');
  process.exit(2);
}

function jsonFiles(root: string): readonly string[] {
  try {
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(root, name));
  } catch (error) {
    console.error(`error: ${messageOf(error)}\nhint: npm run golden -- ../shared/golden`);
    process.exit(2);
  }
}

async function faultsOf({ faults }: GoldenCase): Promise<readonly string[]> {
  try {
    return await faults();
  } catch (error) {
    return [`it threw: ${messageOf(error)}`];
  }
}

const counts = new Map<string, { checked: number; failed: number }>();
const files = jsonFiles(directory);
for (const golden of files.flatMap(goldenCases)) {
  const count = counts.get(golden.kind) ?? { checked: 0, failed: 0 };
  counts.set(golden.kind, count);
  count.checked++;
  const faults = await faultsOf(golden);
  if (faults.length === 0) continue;
  count.failed++;
  for (const fault of faults.slice(0, 5)) console.error(`${golden.kind}: ${golden.name}: ${fault}`);
  if (faults.length > 5) console.error(`${golden.kind}: ${golden.name}: and ${faults.length - 5} more`);
}

let checked = 0;
let failed = 0;
for (const [kind, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${kind}: checked ${count.checked}, failed ${count.failed}`);
  checked += count.checked;
  failed += count.failed;
}
console.log(`checked ${checked}, failed ${failed}`);
if (checked === 0) console.error(`error: no golden files in ${directory}`);
process.exitCode = failed > 0 || checked === 0 ? 1 : 0;
