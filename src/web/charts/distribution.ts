import type { EdfChart } from '../../api/routes/charts/edf.ts';
import { count, value } from '../../plot/format.ts';
import { seriesColour, seriesDash } from '../../plot/palette.ts';
import { numbersOf } from './columns.ts';
import { valueName } from './history.ts';
import type { PlotAxis, Series } from './marks.ts';
import type { Table } from './table.ts';

/** The share of trials up to each value, a line a study. */
export function edfSeries({ items, nonFinite }: EdfChart): readonly Series[] {
  return items.map(({ study, value: values, share }, i) => ({
    ...{ kind: 'line', name: study, colour: seriesColour(i), dash: seriesDash(i), steps: true, width: 2 },
    x: numbersOf(values, `items.${i}.value`, nonFinite),
    y: share,
  }));
}

export function edfAxes(chart: EdfChart): { readonly x: PlotAxis; readonly y: PlotAxis } {
  return {
    x: { kind: 'linear', label: valueName(chart), clip: true },
    y: { kind: 'linear', label: 'share of trials up to it', range: [0, 1] },
  };
}

/** "Half of the 96 trials reach 1.2 or more, one in ten 2.1." */
export function edfFinding({ items, direction, nonFinite }: EdfChart): string {
  const [own] = items;
  const values = numbersOf(own?.value, 'items.0.value', nonFinite);
  if (own === undefined || own.used === 0) return 'No complete trial has a value yet.';
  const at = (share: number): string =>
    value(
      values[
        Math.max(
          0,
          own.share.findIndex((each) => each >= share - 1e-12),
        )
      ],
    );
  const [half, tenth] = direction === 'maximize' ? [at(0.5), at(0.9)] : [at(0.5), at(0.1)];
  const more = direction === 'maximize' ? 'or more' : 'or less';
  if (own.used === 1) return `The one complete trial has ${value(values[0])}.`;
  return `Half of the ${count(own.used)} trials reach ${half} ${more}, one in ten ${tenth}.`;
}

export function edfTable({ items, nonFinite }: EdfChart): Table {
  return {
    columns: ['study', 'value', 'share'],
    rows: items.flatMap(({ study, value: values, share }, i) =>
      numbersOf(values, `items.${i}.value`, nonFinite).map((x, k) => [study, x, share[k]]),
    ),
  };
}
