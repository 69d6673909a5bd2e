import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { HistoryChart } from '../../../api/routes/charts/history.ts';
import { Figure } from '../../charts/figure.tsx';
import { historyAxes, historyFinding, historySeries, historyTable } from '../../charts/history.ts';
import { Plot } from '../../charts/plot.tsx';
import type { Query } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';

interface HistoryProps {
  readonly name: string;
  readonly asked: Query;
  readonly log: boolean;
  readonly live: boolean;
  readonly onOpen: (number: number) => void;
}

/** Values of the trials and the best so far. */
export function History({ name, asked, log, live, onOpen }: HistoryProps): VNode {
  const chart = useAnswer({ path: '/v1/studies/{}/charts/history', parts: [name], query: asked, everyMs: live ? 5000 : undefined });
  return (
    <Panel title="Values and the best so far" answer={chart} isEmpty={({ total }) => total === 0} empty={<p>No trial has begun yet.</p>}>
      {(answer) => <HistoryFigure chart={answer} log={log} onOpen={onOpen} />}
    </Panel>
  );
}

function HistoryFigure({ chart, log, onOpen }: { readonly chart: HistoryChart } & Pick<HistoryProps, 'log' | 'onOpen'>): VNode {
  const series = useMemo(() => historySeries(chart), [chart]);
  const axes = useMemo(() => historyAxes(chart, log), [chart, log]);
  const finding = historyFinding(chart);
  return (
    <Figure title="Values and the best so far" untitled finding={finding} {...chart} table={() => historyTable(chart)}>
      <Plot title={finding} series={series} axes={axes} height={300} onSelect={({ id }) => id !== undefined && onOpen(id)} />
    </Figure>
  );
}
