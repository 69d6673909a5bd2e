import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CurvesChart } from '../../../api/routes/charts/curves.ts';
import { count, value } from '../../../plot/format.ts';
import { curveAxes, curvePoints, curveSeries, curvesTable } from '../../charts/curves.ts';
import { Figure } from '../../charts/figure.tsx';
import { Plot } from '../../charts/plot.tsx';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';

/** Number of curves that are followed at once. */
const mostFollowed = 8;

interface RunningProps {
  readonly name: string;
  /** Trials that run. */
  readonly running: number;
  readonly onOpen: (number: number) => void;
}

/** The curves of the trials that run, as they grow. */
export function Running({ name, running, onOpen }: RunningProps): VNode {
  const query = { states: ['running'], top: 0, random: mostFollowed };
  const chart = useAnswer({ path: '/v1/studies/{}/charts/curves', parts: [name], query, everyMs: 2000 });
  return (
    <Panel
      title="Running now"
      answer={chart}
      isEmpty={({ curves }) => curves.length === 0}
      empty={<p>{running === 1 ? 'One trial runs and has' : `${count(running)} trials run and have`} reported nothing yet.</p>}
    >
      {(answer) => <RunningFigure chart={answer} onOpen={onOpen} />}
    </Panel>
  );
}

function RunningFigure({ chart, onOpen }: { readonly chart: CurvesChart; readonly onOpen: (number: number) => void }): VNode {
  const series = useMemo(
    () => curveSeries({ ...chart, band: { ...chart.band, trials: 0 } }, { chosen: chart.curves.map(({ number }) => number), weight: 1 }),
    [chart],
  );
  const axes = useMemo(() => curveAxes(chart, false), [chart]);
  const finding = runningFinding(chart);
  return (
    <Figure
      title="Running trials"
      untitled
      finding={finding}
      shown={chart.curves.length}
      used={chart.used}
      total={chart.total}
      noun="running trials"
      table={() => curvesTable(chart)}
    >
      <Plot title={finding} series={series} axes={axes} height={220} onSelect={({ id }) => id !== undefined && onOpen(id)} />
    </Figure>
  );
}

/** "Trial 41 is the furthest: 0.53 at step 12,500." */
function runningFinding(chart: CurvesChart): string {
  const lasts = chart.curves.map((curve) => {
    const { x, y } = curvePoints(chart, curve);
    return { number: curve.number, step: x.at(-1) ?? 0, last: y.at(-1) ?? Number.NaN };
  });
  const furthest = lasts.reduce((most, each) => (each.step > most.step ? each : most));
  return `Trial ${furthest.number} is the furthest: ${value(Number.isNaN(furthest.last) ? null : furthest.last)} at step ${count(furthest.step)}.`;
}
