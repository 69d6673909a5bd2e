import type { DegradationChart } from '../../../api/routes/charts/degradation.ts';
import type { SameDataChart } from '../../../api/routes/charts/same-data.ts';
import { count, value } from '../../../plot/format.ts';
import { numbersOf } from '../../charts/columns.ts';
import { counted } from '../../parts/counted.ts';

type Item = DegradationChart['items'][number];
type Figures = 'inSample' | 'outOfSample' | 'low' | 'high';

/** Figures with their infinities again, which a plot draws on its edge; what is missing is NaN. */
export type Validated = Omit<Item, Figures> & { readonly [Name in Figures]: number };

export function validatedTrials({ items, nonFinite }: DegradationChart): readonly Validated[] {
  const of = (name: Figures) => items.map((item, i) => item[name] ?? Number(nonFinite?.[`items.${i}.${name}`] ?? Number.NaN));
  const [inSample, outOfSample, low, high] = [of('inSample'), of('outOfSample'), of('low'), of('high')];
  return items.map((item, i) => ({ ...item, inSample: inSample[i]!, outOfSample: outOfSample[i]!, low: low[i]!, high: high[i]! }));
}

/** The best of the search first, those without its figure last. */
export function bySearch(items: readonly Validated[]): readonly Validated[] {
  const place = ({ inSample }: Validated): number => (Number.isNaN(inSample) ? Number.NEGATIVE_INFINITY : inSample);
  return items.toSorted((a, b) => (place(a) === place(b) ? 0 : place(b) - place(a)));
}

const isKnown = ({ inSample, outOfSample }: Validated): boolean => !Number.isNaN(inSample) && !Number.isNaN(outOfSample);

/** What the best trial of the search lost out of sample, and what of the others is missing. */
export function degradationFinding(chart: DegradationChart): string {
  const items = validatedTrials(chart);
  const known = items.filter(isKnown);
  const best = bySearch(known)[0];
  const missing = missingFigures(
    items.length - known.length,
    items.reduce((sum, { without }) => sum + without, 0),
  );
  if (best === undefined) return `No validated trial has the figure in the search and out of sample.${missing}`;
  const { inSample: before, outOfSample: after } = best;
  const share = Math.round((100 * after) / before);
  const kept = before > 0 && Number.isFinite(before) && Number.isFinite(after) ? `, which keeps ${share} %` : '';
  return `The best of them in the search, #${best.number}, showed a ${chart.metric} of ${value(before)} there and ${value(after)} out of sample${kept}. ${counted(items.length, 'validated trial')}.${missing}`;
}

/** What is left out of a chart of validated trials, in sentences with a blank before each; empty where nothing is. */
function missingFigures(trials: number, evaluations: number): string {
  const whole =
    trials === 0
      ? ''
      : ` ${count(trials)} of them ${trials === 1 ? 'has' : 'have'} no such figure and ${trials === 1 ? 'is' : 'are'} not drawn.`;
  const parts =
    evaluations === 0
      ? ''
      : ` ${counted(evaluations, 'evaluation')} of a seed on a fold ${evaluations === 1 ? 'has' : 'have'} none: the ranges are of the others.`;
  return whole + parts;
}

/** The columns of the chart with their infinities again. */
export function sameDataColumns(chart: SameDataChart) {
  const of = (name: 'x' | 'outOfSample' | 'low' | 'high') => numbersOf(chart[name], name, chart.nonFinite);
  return { x: of('x'), outOfSample: of('outOfSample'), low: of('low'), high: of('high') };
}

export function sameDataFinding({ number, studies, asked, onSameData, others, unknown, without }: SameDataChart): string {
  const older = asked < onSameData ? ` Only the newest ${asked} of ${onSameData} studies were read.` : '';
  const few = number.length < 10 ? ' That is few: read no trend into it.' : '';
  const apart = others > 0 ? ` ${counted(others, 'other')} have no such value of it.` : '';
  const missing = missingFigures(
    unknown,
    without.reduce((sum, n) => sum + n, 0),
  );
  return `${counted(number.length, 'validated trial')} of ${studies.length} ${studies.length === 1 ? 'study' : 'studies'} on the same data.${older}${few}${apart}${missing}`;
}
