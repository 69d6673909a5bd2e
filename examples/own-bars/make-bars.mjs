// Writes minute bars of two symbols over n sessions as CSV: node make-bars.mjs <folder> [sessions]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'bars', sessions = '16'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

/** A linear congruential generator: equal seeds give equal files (Numerical Recipes, chapter 7). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

for (const [index, symbol] of ['AAA', 'BBB'].entries()) {
  const draw = uniform(index + 1);
  const rows = ['timestamp,open,high,low,close,volume'];
  let price = 100;
  const day = new Date(Date.UTC(2024, 3, 1)); // a Monday, no holiday for 40 sessions; 09:30 in New York is 13:30 UTC until November
  for (let session = 0; session < Number(sessions); session++) {
    for (let minute = 0; minute < 390; minute++) {
      const time = new Date(day.getTime() + (13 * 60 + 30 + minute) * 60_000).toISOString();
      const open = price;
      price *= 1 + 0.001 * (draw() - 0.5);
      const high = Math.max(open, price) * 1.0001;
      const low = Math.min(open, price) * 0.9999;
      rows.push([time, open.toFixed(4), high.toFixed(4), low.toFixed(4), price.toFixed(4), Math.floor(1000 + 9000 * draw())].join(','));
    }
    day.setUTCDate(day.getUTCDate() + (day.getUTCDay() === 5 ? 3 : 1));
  }
  writeFileSync(join(folder, `${symbol}.csv`), `${rows.join('\n')}\n`);
}
