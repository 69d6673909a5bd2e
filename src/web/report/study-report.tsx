import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import { curveAxes, curveSeries, curvesFinding, curvesTable } from '../charts/curves.ts';
import { Figure } from '../charts/figure.tsx';
import { Plot } from '../charts/plot.tsx';
import { useAnswer } from '../data/query.ts';
import { History } from '../pages/study/history.tsx';
import { Importance } from '../pages/study/importance.tsx';
import { Standing } from '../pages/study/standing.tsx';
import { Top } from '../pages/study/top.tsx';
import '../pages/study/study.css';
import { Panel } from '../parts/panel.tsx';

/** How a study stands, what it found and what decides, with the parts of its page. */
export function StudyReport({ study, whole }: { readonly study: string; readonly whole: boolean }): VNode {
  const detail = useAnswer({ path: '/v1/studies/{}', parts: [study] });
  return (
    <>
      {!whole && <h2 class="report-part">The study</h2>}
      <Standing name={study} study={detail} readOnly />
      <div class="pair-grid overview">
        <History name={study} asked={{}} log={false} live={false} onOpen={() => undefined} />
        <Curves study={study} />
        <Importance name={study} objective="" />
        <Top name={study} objective="" />
      </div>
    </>
  );
}

/** Curves of trials without the controls of their page. */
function Curves({ study }: { readonly study: string }): VNode {
  const chart = useAnswer({ path: '/v1/studies/{}/charts/curves', parts: [study], query: { top: 20, random: 20 } });
  return (
    <Panel title="Curves" answer={chart} isEmpty={({ curves }) => curves.length === 0} empty={<p>No trial has reported a value.</p>}>
      {(answer) => <CurvesFigure chart={answer} />}
    </Panel>
  );
}

function CurvesFigure({ chart }: { readonly chart: CurvesChart }): VNode {
  const series = useMemo(() => curveSeries(chart, { chosen: [], weight: 1 }), [chart]);
  const axes = useMemo(() => curveAxes(chart, false), [chart]);
  const finding = curvesFinding(chart);
  const shown = chart.curves.length;
  return (
    <Figure title="Curves" untitled finding={finding} {...chart} shown={shown} table={() => curvesTable(chart)}>
      <Plot title={finding} series={series} axes={axes} height={300} />
    </Figure>
  );
}
