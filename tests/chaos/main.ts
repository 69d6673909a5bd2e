/** Break everything for a while, then look for what is wrong: `npm run chaos -- --minutes 5 --seed 1`. */
import { parseArgs } from 'node:util';
import { findChromium } from '../fixtures/start-chromium.ts';
import { runChaos } from './run.ts';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    trials: { type: 'string', default: '300' },
    page: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [minutes, seed, trials] = [Number(flags.minutes), Number(flags.seed), Number(flags.trials)];
if (!(minutes > 0) || !Number.isSafeInteger(seed) || !Number.isSafeInteger(trials) || trials < 1) {
  console.error('--minutes takes a positive number, --seed and --trials whole ones');
  process.exit(2);
}
if (flags.page && findChromium() === null) {
  console.error('--page needs a browser: apt-get install chromium, or name one in ASSAY_CHROMIUM');
  process.exit(2);
}

const result = await runChaos({ seed, faultsMs: minutes * 60_000, trials, page: flags.page, say: (line) => console.error(line) });
const total = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
if (flags.json) console.log(JSON.stringify({ ...result, total }));
else {
  for (const [kind, count] of Object.entries(result.faults)) console.log(`${String(count).padStart(6)}  ${kind}`);
  if (result.pages !== null)
    console.log(`${result.pages.opened} pages held against the database, which were refused ${result.pages.refused} answers in between`);
  for (const what of result.skipped) console.log(`skipped ${what}`);
  for (const violation of result.violations) console.log(`violation: ${violation}`);
  console.log(
    `${total} faults, ${result.studies} studies of ${trials} trials or half as many, ${result.promotions} promotions, ${result.ledgerRecords} ledger records, ${result.violations.length} violations`,
  );
}
process.exit(result.violations.length === 0 ? 0 : 1);
