import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import { trialAddress } from '../../core/address.ts';
import { sparkline } from '../../plot/terminal/sparkline.ts';
import { drawXy, type Paint } from '../../plot/terminal/terminal-chart.ts';
import { historyOf } from '../plot/history.ts';
import { formatNumber } from './format.ts';

const chartRows = 6;
const curveColumns = 24;

/** Values of the trials and the best so far; nothing before two of them, the fewest that a line can show. */
export function chartLines(study: string, history: HistoryChart, width: number, paint: Paint): readonly string[] {
  if (history.used < 2) return [];
  const chart = historyOf(study, history, false);
  return chart.kind === 'xy' ? drawXy(chart, { width, rows: chartRows }, paint, { withNames: false }) : [];
}

/** `s#3  ▁▂▅▇  0.31 at step 800`. */
export function curveLine(study: string, { number, step, value }: CurvesChart['curves'][number]): string {
  const curve = sparkline(value, curveColumns).padEnd(curveColumns);
  return `  ${trialAddress(study, number)}  ${curve}  ${formatNumber(value.at(-1))} at step ${step.at(-1)}`;
}
