import type { VNode } from 'preact';
import { duration } from '../../plot/format.ts';
import type { Answers } from '../data/api.ts';
import { useAnswer } from '../data/query.ts';
import { parameterText } from '../pages/trial/parameters.ts';
import { Panel } from '../parts/panel.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Value } from '../parts/value.tsx';
import { Curves } from './study-report.tsx';

type Trial = Answers['/v1/studies/{}/trials/{}'];

/** A trial: how it ended, with what, and its curve. */
export function TrialReport({ study, trial }: { readonly study: string; readonly trial: number }): VNode {
  const detail = useAnswer({ path: '/v1/studies/{}/trials/{}', parts: [study, trial] });
  return (
    <>
      <Panel title="How it ended" answer={detail}>
        {(answer) => <Facts trial={answer} />}
      </Panel>
      <Panel title="Parameters" answer={detail} isEmpty={({ params }) => Object.keys(params).length === 0} empty={<p>It has none.</p>}>
        {({ params }) => <Pairs pairs={Object.entries(params).map(([name, value]) => [name, parameterText(value)])} />}
      </Panel>
      <Curves study={study} query={{ numbers: [String(trial)], top: 0, random: 0 }} />
    </>
  );
}

function Facts({ trial: { state, value, nonFinite, metrics, durationMs, worker } }: { readonly trial: Trial }): VNode {
  return (
    <dl class="facts">
      <div>
        <dt>State</dt>
        <dd>
          <StateMark state={state} />
        </dd>
      </div>
      <div>
        <dt>Value</dt>
        <dd class="large">
          <Value of={value} nonFinite={nonFinite?.['value']} />
        </dd>
      </div>
      {Object.entries(metrics).map(([name, metric]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value of={metric} nonFinite={nonFinite?.[`metrics.${name}`]} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Duration</dt>
        <dd>{duration(durationMs)}</dd>
      </div>
      <div>
        <dt>Worker</dt>
        <dd>{worker ?? '–'}</dd>
      </div>
    </dl>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [name: string, value: string])[] }): VNode {
  return (
    <table class="plain">
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number right">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
