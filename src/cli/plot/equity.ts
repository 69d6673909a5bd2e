import type { Equity } from '../../api/routes/charts/equity.ts';
import type { Chart, Layer, Panel } from '../../plot/chart.ts';
import { percent } from '../../plot/format.ts';
import { seriesDash, seriesToken } from '../../plot/palette.ts';

/** Net equity of each fold by seed and baseline, and the drawdown below. */
export function equityOf({ address, drawdownLimit, folds, worstSeed }: Equity): Chart {
  const dated = folds.every(({ dates }) => dates !== null);
  const days = folds.map(({ points }) => points);
  const begin = days.map((_, i) => days.slice(0, i).reduce((sum, n) => sum + n, 0));
  const baselines = [...new Set(folds.flatMap(({ lines }) => lines.filter(({ seed }) => seed === null).map(({ subject }) => subject)))];
  const drawn = (figure: 'equity' | 'drawdown'): Layer[] =>
    folds.flatMap(({ lines, dates, index }, i) => {
      const x = dated ? dates!.map((day) => Date.parse(day)) : index.map((at) => begin[i]! + at);
      // Baselines below what is judged.
      return lines
        .toSorted((a, b) => Number(a.seed !== null) - Number(b.seed !== null))
        .map(({ subject, seed, ...line }): Layer => {
          const y = figure === 'equity' ? line.equity : line.drawdown.map((fall) => (fall === null ? null : -fall));
          if (seed === null) {
            const at = baselines.indexOf(subject) + 1;
            return { kind: 'line', x, y, colour: seriesToken(at), name: subject, width: 1.25, dash: seriesDash(at + 5) };
          }
          const isWorst = seed === worstSeed;
          return {
            kind: 'line',
            x,
            y,
            colour: 'series-1',
            name: isWorst ? `worst seed (${seed})` : 'other seeds',
            width: isWorst ? 2.5 : 1.25,
            ...(!isWorst && { opacity: 0.55 }),
          };
        });
    });
  const limit: Layer[] =
    drawdownLimit === null ? [] : [{ kind: 'level', y: -drawdownLimit, colour: 'fail', name: `limit ${percent(drawdownLimit)}` }];
  const panels: Panel[] = [
    { y: { label: 'equity', kind: 'linear', includes: [1] }, layers: drawn('equity'), share: 2 },
    { y: { label: 'drawdown', kind: 'linear', includes: [0] }, layers: [...drawn('drawdown'), ...limit], share: 1 },
  ];
  const seeds = new Set(folds.flatMap(({ lines }) => lines.flatMap(({ seed }) => (seed === null ? [] : [seed]))));
  return {
    kind: 'xy',
    title: `${address}: equity on days that the search never saw`,
    finding: findingOf(folds, worstSeed),
    note: `${folds.length} folds, ${seeds.size} seeds; net of costs, each fold begins at 1.`,
    x: { label: dated ? 'day' : 'trading day, fold after fold', kind: dated ? 'time' : 'linear' },
    panels,
  };
}

/** What the worst seed made of one unit, one fold after the other. */
function findingOf(folds: Equity['folds'], worstSeed: number | null): string {
  const ends = folds.flatMap(({ lines }) =>
    lines.filter(({ seed, subject }) => subject === 'policy' && seed === worstSeed).map(({ totalReturn }) => totalReturn),
  );
  if (worstSeed === null || ends.length === 0 || ends.includes(null)) return 'The return of the worst seed is not known.';
  const all = ends.reduce<number>((product, end) => product * (1 + end!), 1) - 1;
  return `The worst seed (${worstSeed}) returned ${percent(all)} over all folds.`;
}
