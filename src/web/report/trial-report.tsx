import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Answers } from '../data/api.ts';
import { useAnswer } from '../data/query.ts';
import { Attempts, RanOn } from '../pages/trial/attempts.tsx';
import { Curve } from '../pages/trial/curve.tsx';
import { Outcome } from '../pages/trial/outcome.tsx';
import { type ParamValue, parameterText } from '../parts/parameters.ts';
import '../pages/trial/trial.css';
import { Panel } from '../parts/panel.tsx';
import { Evidence } from './evidence.tsx';

type Trial = Answers['/v1/studies/{}/trials/{}'];

/** A trial: what came of it, with what, what it showed where it was validated, and what it ran on. */
export function TrialReport({ study, trial }: { readonly study: string; readonly trial: number }): VNode {
  const detail = useAnswer({ path: '/v1/studies/{}/trials/{}', parts: [study, trial] });
  const direction = useAnswer({ path: '/v1/studies/{}', parts: [study] }).value.data?.direction;
  return (
    <>
      <Panel title="Outcome" answer={detail}>
        {(answer) => <Outcome study={study} trial={answer} direction={direction} />}
      </Panel>
      {detail.value.data?.validation && <Evidence study={study} trial={trial} />}
      <div class="pair-grid">
        <Panel title="Parameters" answer={detail} isEmpty={({ params }) => Object.keys(params).length === 0} empty={<p>It has none.</p>}>
          {({ params }) => <Parameters params={params} />}
        </Panel>
        <Panel title="Curve" answer={detail}>
          {(answer) => <CurveOf trial={answer} />}
        </Panel>
        <Panel title="Attempts" answer={detail} isEmpty={({ attempts }) => attempts.length === 0} empty={<p>No worker has taken it.</p>}>
          {(answer) => <Attempts trial={answer} />}
        </Panel>
        <Panel title="What it ran on" answer={detail}>
          {(answer) => <RanOn trial={answer} />}
        </Panel>
      </div>
    </>
  );
}

function CurveOf({ trial }: { readonly trial: Trial }): VNode {
  const [metric, setMetric] = useState('');
  return <Curve trial={trial} metric={metric} onMetric={setMetric} />;
}

function Parameters({ params }: { readonly params: Readonly<Record<string, ParamValue>> }): VNode {
  return (
    <table class="plain">
      <tbody>
        {Object.entries(params).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number right">{parameterText(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
