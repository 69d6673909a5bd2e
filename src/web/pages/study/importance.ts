import type { ImportanceChart } from '../../../api/routes/charts/importance.ts';
import { percent } from '../../../plot/format.ts';
import { shortened } from '../../charts/frame.ts';

/** Number of bars that are drawn; the table holds all. */
export const mostBars = 12;
/** Of a name in a sentence. */
const mostLetters = 40;

/** "lr decides most: 61.20 %. Its interval overlaps that of layers, so their order is not certain." */
export function importanceFinding({ items }: Pick<ImportanceChart, 'items'>): string {
  const [first, second] = items;
  if (first === undefined) return 'It is not known yet what decides.';
  const most = `${shortened(first.name, mostLetters)} decides most: ${percent(first.value)}.`;
  if (second === undefined || second.high < first.low) return most;
  return `${most} Its interval overlaps that of ${shortened(second.name, mostLetters)}, so their order is not certain.`;
}
