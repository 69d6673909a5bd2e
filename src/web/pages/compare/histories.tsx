import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { seriesColour } from '../../../plot/palette.ts';
import { Figure } from '../../charts/figure.tsx';
import type { Series } from '../../charts/marks.ts';
import { Plot } from '../../charts/plot.tsx';
import { useHistories } from './histories.ts';

/** The best so far of each study on one axis. */
export function Histories({ studies }: { readonly studies: readonly string[] }): VNode {
  const histories = useHistories(studies);
  const series = useMemo(
    () =>
      (histories ?? []).flatMap(({ study, chart }, i): readonly Series[] => {
        const x = chart?.best.x ?? [];
        const y = chart?.best.y ?? [];
        const points = x.flatMap((at, k) => (at === null || y[k] == null ? [] : [[at, y[k]] as const]));
        if (points.length === 0) return [];
        const last = points.at(-1)!;
        const end = Math.max(last[0], (chart?.total ?? 1) - 1);
        return [
          {
            kind: 'line',
            name: study,
            colour: seriesColour(i),
            steps: true,
            width: 2,
            x: [...points.map(([at]) => at), end],
            y: [...points.map(([, at]) => at), last[1]],
          },
        ];
      }),
    [histories],
  );
  if (histories === null)
    return (
      <section class="panel" aria-busy="true">
        <h2>The best so far</h2>
        <div class="panel-skeleton" role="status" aria-label="The best so far is loading" />
      </section>
    );
  const away = histories.filter(({ chart }) => chart === null).map(({ study }) => study);
  const finding =
    series.length === 0
      ? 'No trial is complete yet.'
      : `The best so far of ${series.length} ${series.length === 1 ? 'study' : 'studies'} by the number of trials.`;
  return (
    <section class="panel">
      <header class="panel-head">
        <h2>The best so far</h2>
      </header>
      {away.length > 0 && <p class="problem">Without {away.join(', ')}: no answer came for them.</p>}
      <Figure
        title="The best so far"
        untitled
        finding={finding}
        shown={series.length}
        used={series.length}
        total={histories.length}
        noun="studies"
        table={() => ({
          columns: ['study', 'trial', 'best so far'],
          rows: histories.flatMap(({ study, chart }) =>
            chart === null ? [] : chart.best.number.map((number, k) => [study, number, chart.best.y[k] ?? null]),
          ),
        })}
      >
        <Plot
          title={finding}
          series={series}
          axes={{ x: { kind: 'linear', label: 'trial', whole: true }, y: { kind: 'linear', label: 'best so far' } }}
          height={280}
        />
      </Figure>
    </section>
  );
}
