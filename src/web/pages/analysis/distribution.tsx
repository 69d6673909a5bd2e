import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { EdfChart } from '../../../api/routes/charts/edf.ts';
import { edfAxes, edfFinding, edfSeries, edfTable } from '../../charts/distribution.ts';
import { Figure } from '../../charts/figure.tsx';
import { Plot } from '../../charts/plot.tsx';
import type { Query } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';

/** The distribution of the values: for each value the share of trials up to it. */
export function Distribution({ name, filter }: { readonly name: string; readonly filter: Query }): VNode {
  const chart = useAnswer({ path: '/v1/studies/{}/charts/edf', parts: [name], query: filter });
  return (
    <Panel
      title="Distribution of the values"
      answer={chart}
      isEmpty={({ used }) => used === 0}
      empty={<p>No trial that matches has a value yet.</p>}
    >
      {(answer) => <DistributionFigure chart={answer} />}
    </Panel>
  );
}

function DistributionFigure({ chart }: { readonly chart: EdfChart }): VNode {
  const series = useMemo(() => edfSeries(chart), [chart]);
  const axes = useMemo(() => edfAxes(chart), [chart]);
  const finding = edfFinding(chart);
  return (
    <Figure
      title="Distribution of the values"
      untitled
      finding={finding}
      used={chart.used}
      total={chart.total}
      table={() => edfTable(chart)}
    >
      <Plot title={finding} series={series} axes={axes} height={240} />
    </Figure>
  );
}
