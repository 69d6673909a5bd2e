import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { value } from '../../../plot/format.ts';
import { Pick } from '../../charts/controls.tsx';
import { Figure } from '../../charts/figure.tsx';
import type { PlotAxis, Series } from '../../charts/marks.ts';
import { Plot } from '../../charts/plot.tsx';
import type { Answers } from '../../data/api.ts';
import { attemptSeries, curveFinding, curveTable, equityOf, reportedMetrics, returnsFinding } from './curve.ts';

type Detail = Answers['/v1/studies/{}/trials/{}'];

interface CurveProps {
  readonly trial: Detail;
  readonly metric: string;
  readonly onMetric: (metric: string) => void;
}

/** What the attempts of a trial reported. */
export function Curve({ trial, metric, onMetric }: CurveProps): VNode {
  const { reports, reportsTotal, state } = trial;
  const metrics = reportedMetrics(reports);
  const series = useMemo(() => attemptSeries(trial, metric), [trial, metric]);
  const axes = useMemo(
    () =>
      ({
        x: { kind: 'linear', label: 'Step', whole: true },
        y: { kind: 'linear', label: metric || 'reported value', clip: true },
      }) as const,
    [metric],
  );
  if (reports.length === 0) return <p>{state === 'queued' ? 'It has not begun yet.' : 'It has reported nothing.'}</p>;
  const finding = curveFinding(trial, metric);
  return (
    <Figure
      title={`Curve of ${trial.address}`}
      untitled
      finding={finding}
      shown={reports.length}
      used={reportsTotal}
      total={reportsTotal}
      noun="reports"
      controls={
        metrics.length > 0 && (
          <Pick
            label="Metric"
            value={metric}
            options={[['', 'reported value'], ...metrics.map((each) => [each, each] as const)]}
            onChange={onMetric}
          />
        )
      }
      table={() => curveTable(reports)}
    >
      <Plot title={finding} series={series} axes={axes} height={260} />
    </Figure>
  );
}

/** The account on the inner validation part: what the value was computed from. */
export function InnerReturns({
  trial,
}: {
  readonly trial: Detail & { readonly innerReturns: NonNullable<Detail['innerReturns']> };
}): VNode {
  const { innerReturns } = trial;
  const { series, axes } = useMemo(() => {
    const x = innerReturns.days.map((day) => Date.parse(day));
    const line: Series = { kind: 'line', name: '', colour: 'var(--series-1)', x, y: equityOf(innerReturns), width: 2 };
    const rule: Series = { kind: 'rule', name: '', colour: 'var(--muted)', on: 'y', at: 1 };
    const account: PlotAxis = { kind: 'linear', label: 'Account (start: 1)', format: (each) => value(each) };
    return { series: [rule, line], axes: { x: { kind: 'time', label: 'Day' } as const, y: account } };
  }, [innerReturns]);
  const finding = returnsFinding(innerReturns);
  return (
    <Figure
      title={`Daily returns of ${trial.address}`}
      untitled
      finding={finding}
      shown={innerReturns.days.length}
      noun="days"
      table={() => ({ columns: ['day', 'return'], rows: innerReturns.days.map((day, i) => [day, innerReturns.returns[i]]) })}
    >
      <Plot title={finding} series={series} axes={axes} height={220} />
    </Figure>
  );
}
