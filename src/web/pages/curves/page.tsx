import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CurvesChart } from '../../../api/routes/charts/curves.ts';
import type { PageProps } from '../../app/routes.ts';
import { Pick, ScalePick, Segments, StateFilter } from '../../charts/controls.tsx';
import { curveAxes, curveSeries, curvesFinding, curvesTable, toggled, withCurves } from '../../charts/curves.ts';
import { Figure } from '../../charts/figure.tsx';
import { saidOn } from '../../charts/frame.ts';
import { Notes } from '../../charts/notes.tsx';
import { Plot } from '../../charts/plot.tsx';
import { chartStates } from '../../charts/states.ts';
import { defineCodec, list, number, oneOf, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import '../../style/content.css';
import './curves.css';

const codec = defineCodec({
  metric: text(),
  x: oneOf(['step', 'time']),
  y: oneOf(['linear', 'log']),
  smooth: number({ low: 0.01, high: 1 }),
  sel: list(),
  states: list(chartStates),
});

const smoothings = [
  ['', 'none'],
  ['0.5', 'weight 0.5'],
  ['0.2', 'weight 0.2'],
  ['0.1', 'weight 0.1'],
  ['0.05', 'weight 0.05'],
] as const;

/** Intermediate values of the best trials and of a sample of the others. */
export default function Curves({ params }: PageProps): VNode {
  const name = params['study']!;
  const { view, notes, change } = useView(codec);
  const study = useAnswer({ path: '/v1/studies/{}', parts: [name] });
  const query = { metric: view.metric, x: view.x, states: view.states };
  const live = (study.value.data?.counts.running ?? 0) > 0;
  const chart = useAnswer({ path: '/v1/studies/{}/charts/curves', parts: [name], query, everyMs: live ? 2000 : undefined });
  const chosen = view.sel.map(Number).filter((each) => Number.isInteger(each) && each >= 0);
  const missing = chosen.filter((trial) => chart.value.data?.curves.every((curve) => curve.number !== trial) === true);
  const extra = useAnswer({
    path: '/v1/studies/{}/charts/curves',
    parts: [name],
    query: { metric: view.metric, x: view.x, numbers: missing.map(String) },
    enabled: missing.length > 0,
    everyMs: live ? 2000 : undefined,
  });
  const select = (trial: number): void => void change({ sel: toggled(chosen, trial).map(String) });
  return (
    <div class="stack">
      <div class="filter-bar">
        <StateFilter counts={study.value.data?.counts} states={view.states} onChange={(states) => change({ states })} />
        <MetricPick
          name={name}
          trial={chart.value.data?.curves[0]?.number}
          metric={view.metric}
          onChange={(metric) => change({ metric })}
        />
        <Segments
          label="Along"
          value={view.x}
          options={[
            ['step', 'steps'],
            ['time', 'time'],
          ]}
          onChange={(x) => change({ x })}
        />
        <ScalePick value={view.y} onChange={(y) => change({ y })} />
        <Pick
          label="Smoothing"
          value={view.smooth === null ? '' : String(view.smooth)}
          options={smoothings}
          onChange={(smooth) => change({ smooth: smooth === '' ? null : Number(smooth) })}
        />
      </div>
      <Notes notes={notes} />
      <Panel
        title="Curves"
        answer={chart}
        isEmpty={({ curves }) => curves.length === 0}
        empty={<p>No trial that matches has reported a value yet.</p>}
      >
        {(answer) => (
          <CurvesFigure
            chart={answer}
            extra={missing.length > 0 ? extra.value.data : undefined}
            chosen={chosen}
            weight={view.smooth ?? 1}
            log={view.y === 'log'}
            onSelect={select}
            name={name}
          />
        )}
      </Panel>
    </div>
  );
}

interface MetricProps {
  readonly name: string;
  /** One that has reports: their metrics are offered. */
  readonly trial: number | undefined;
  readonly metric: string;
  readonly onChange: (metric: string) => void;
}

function MetricPick({ name, trial, metric, onChange }: MetricProps): VNode | null {
  const reports = useAnswer({
    path: '/v1/studies/{}/trials/{}/reports',
    parts: [name, trial ?? 0],
    query: { maxPoints: 2 },
    enabled: trial !== undefined,
  });
  const reported = reports.value.data?.items.flatMap(({ metrics }) => Object.keys(metrics)) ?? [];
  const names = [...new Set([...reported, ...(metric === '' ? [] : [metric])])];
  if (names.length === 0) return null;
  return (
    <Pick
      label="Metric"
      value={metric}
      options={[['', 'reported value'], ...names.map((each) => [each, each] as const)]}
      onChange={onChange}
    />
  );
}

interface FigureProps {
  readonly chart: CurvesChart;
  /** Chosen trials that are not in the chart. */
  readonly extra: CurvesChart | undefined;
  readonly chosen: readonly number[];
  readonly weight: number;
  readonly log: boolean;
  readonly name: string;
  readonly onSelect: (trial: number) => void;
}

function CurvesFigure({ chart: sample, extra, chosen, weight, log, name, onSelect }: FigureProps): VNode {
  const chart = useMemo(() => withCurves(sample, extra), [sample, extra]);
  const key = chosen.join(',');
  const series = useMemo(() => curveSeries(chart, { chosen, weight }), [chart, key, weight]);
  const axes = useMemo(() => curveAxes(chart, log), [chart, log]);
  const finding = curvesFinding(chart);
  const smoothing = weight < 1 ? ` Smoothed: the newest value weighs ${weight}.` : '';
  return (
    <Figure
      title="Curves"
      untitled
      finding={`${finding}${smoothing}`}
      shown={chart.curves.length}
      used={chart.used}
      total={chart.total}
      reduced={chart.reduced}
      table={() => curvesTable(chart)}
    >
      <Plot
        title={finding}
        series={series}
        axes={axes}
        height={420}
        onSelect={({ id }) => id !== undefined && onSelect(id)}
        tip={({ id, x, y }) => `${id === undefined ? 'All curves' : `Trial ${id}`}: ${saidOn(axes.y, y)} at ${saidOn(axes.x, x)}`}
      />
      <p class="muted small-text">Ends with a bar: pruned, failed or cancelled there; with a ring: still running. A click marks a curve.</p>
      {chosen.length > 0 && (
        <ul class="chosen" aria-label="Marked trials">
          {chosen.map((trial) => (
            <li key={trial}>
              <a href={`/studies/${encodeURIComponent(name)}/trials/${trial}`}>#{trial}</a>
              <button type="button" class="quiet" aria-label={`Unmark trial ${trial}`} onClick={() => onSelect(trial)}>
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Figure>
  );
}
