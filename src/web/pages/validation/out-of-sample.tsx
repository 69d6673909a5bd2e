import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DegradationChart } from '../../../api/routes/charts/degradation.ts';
import type { SameDataChart } from '../../../api/routes/charts/same-data.ts';
import { value } from '../../../plot/format.ts';
import { seriesColour, seriesMarker } from '../../../plot/palette.ts';
import { Pick } from '../../charts/controls.tsx';
import { Figure } from '../../charts/figure.tsx';
import type { Series } from '../../charts/marks.ts';
import { Plot } from '../../charts/plot.tsx';
import { degradationFinding, sameDataColumns, sameDataFinding, validatedTrials } from './out-of-sample.ts';

interface DegradationProps {
  readonly chart: DegradationChart;
  readonly trial: number;
  readonly onSelect: (trial: number) => void;
}

/** What the search promised of each validated trial against what the walk-forward showed. */
export function Degradation({ chart, trial, onSelect }: DegradationProps): VNode {
  const { metric } = chart;
  const items = useMemo(() => validatedTrials(chart), [chart]);
  const series = useMemo<readonly Series[]>(() => {
    const x = items.map(({ inSample }) => inSample);
    const y = items.map(({ outOfSample }) => outOfSample);
    const ends = [...x, ...y].filter(Number.isFinite);
    const [low, high] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
    return [
      { kind: 'line', name: 'as promised', colour: 'var(--muted)', x: [low, high], y: [low, high], dash: [4, 3] },
      {
        kind: 'whiskers',
        name: 'lowest and highest of any seed and fold',
        colour: 'var(--muted)',
        x,
        low: items.map(({ low: of }) => of),
        high: items.map(({ high: of }) => of),
      },
      { kind: 'points', name: 'validated trials', colour: 'var(--series-1)', x, y, ids: items.map(({ number }) => number), size: 9 },
    ];
  }, [items]);
  const axes = {
    x: { kind: 'linear' as const, label: `${metric} in the search`, clip: false },
    y: { kind: 'linear' as const, label: `${metric} out of sample`, clip: false },
  };
  return (
    <Figure
      title="In sample against out of sample"
      finding={degradationFinding(chart)}
      shown={chart.shown}
      used={chart.used}
      total={items.length}
      noun="validated trials"
      table={() => ({
        columns: ['trial', 'in sample', 'out of sample', 'lowest', 'highest', 'evaluations without it', 'seeds', 'folds'],
        rows: items.map((item) => [
          item.number,
          item.inSample,
          item.outOfSample,
          item.low,
          item.high,
          item.without,
          item.seeds,
          item.folds,
        ]),
      })}
    >
      <Plot
        title={`${metric} in the search against out of sample`}
        series={series}
        axes={axes}
        marked={trial}
        onSelect={({ id }) => id !== undefined && onSelect(id)}
        tip={({ id, x, y }) => `#${id ?? '–'}: ${value(x)} in the search, ${value(y)} out of sample`}
      />
    </Figure>
  );
}

interface SameDataProps {
  readonly chart: SameDataChart;
  readonly params: readonly string[];
  readonly param: string;
  readonly onParam: (param: string) => void;
}

/** One parameter against the walk-forward, over all studies on the same data. */
export function SameData({ chart, params, param, onParam }: SameDataProps): VNode {
  const { studies, study, number, without, axis, metric } = chart;
  const { x, outOfSample, low, high } = useMemo(() => sameDataColumns(chart), [chart]);
  const series = useMemo<readonly Series[]>(
    () =>
      studies.flatMap((name, k): readonly Series[] => {
        const at = study.flatMap((of, i) => (of === k ? [i] : []));
        const xs = at.map((i) => x[i]!);
        return [
          {
            kind: 'whiskers',
            name: '',
            colour: seriesColour(k),
            x: xs,
            low: at.map((i) => low[i]!),
            high: at.map((i) => high[i]!),
          },
          {
            kind: 'points',
            name,
            colour: seriesColour(k),
            marker: seriesMarker(k),
            x: xs,
            y: at.map((i) => outOfSample[i]!),
            ids: at.map((i) => number[i]!),
            size: 9,
          },
        ];
      }),
    [chart],
  );
  const labels = axis.labels?.map(String);
  const axes = {
    x: {
      kind: axis.kind === 'choice' ? ('category' as const) : axis.log ? ('log' as const) : ('linear' as const),
      label: axis.name,
      clip: false,
      ...(labels !== undefined && { labels }),
    },
    y: { kind: 'linear' as const, label: `${metric} out of sample`, include: [0], clip: false },
  };
  return (
    <Figure
      title={`${axis.name} against out of sample`}
      shown={chart.shown}
      used={chart.used}
      total={chart.total}
      noun="validated trials"
      finding={sameDataFinding(chart)}
      controls={<Pick label="Parameter" value={param} options={params.map((name) => [name, name] as const)} onChange={onParam} />}
      table={() => ({
        columns: ['study', 'trial', axis.name, 'out of sample', 'lowest', 'highest', 'evaluations without it'],
        rows: number.map((n, i) => [studies[study[i]!], n, x[i], outOfSample[i], low[i], high[i], without[i]]),
      })}
    >
      <Plot title={`${axis.name} against ${metric} out of sample`} series={series} axes={axes} />
    </Figure>
  );
}
