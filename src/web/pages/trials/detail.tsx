import type { VNode } from 'preact';
import { duration } from '../../../plot/format.ts';
import { useKeys } from '../../app/keys.ts';
import type { Answers } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { TrialOrders } from '../../parts/trial-orders.tsx';
import { Time, Value } from '../../parts/value.tsx';
import { ParamValue } from './columns.tsx';

type Detail = Answers['/v1/studies/{}/trials/{}'];

interface TrialAsideProps {
  readonly study: string;
  readonly number: number;
  readonly onClose: () => void;
}

/** A trial beside the table: what it tried, what came of it, and what can be done with it. */
export function TrialAside({ study, number, onClose }: TrialAsideProps): VNode {
  const answer = useAnswer({ path: '/v1/studies/{}/trials/{}', parts: [study, number] });
  useKeys({ Escape: onClose });
  return (
    <aside class="trial-aside" aria-label={`Trial ${number}`}>
      <Panel
        title={`Trial #${number}`}
        answer={answer}
        controls={
          <button type="button" class="quiet" aria-label="Close the trial" title="Close (Esc)" onClick={onClose}>
            <Icon name="close" />
          </button>
        }
      >
        {(trial) => <Contents study={study} trial={trial} />}
      </Panel>
    </aside>
  );
}

function Contents({ study, trial }: { readonly study: string; readonly trial: Detail }): VNode {
  const { number, state, value, nonFinite, params, lastReport, attempts, attempt, durationMs, startedAt, error, reason, repeatOf } = trial;
  const address = `/studies/${encodeURIComponent(study)}/trials/${number}`;
  return (
    <div class="trial-facts">
      <dl class="trial-list">
        <dt>State</dt>
        <dd>
          <StateMark state={state} />
        </dd>
        <dt>Value</dt>
        <dd>
          <Value of={value} nonFinite={nonFinite?.['value']} />
        </dd>
        {lastReport !== null && (
          <>
            <dt>Last report</dt>
            <dd>
              <Value of={lastReport.value} nonFinite={nonFinite?.['lastReport']} /> at step <Value of={lastReport.step} />
            </dd>
          </>
        )}
        <dt>Began</dt>
        <dd>
          <Time of={startedAt} />
        </dd>
        <dt>Took</dt>
        <dd class="number">{duration(durationMs)}</dd>
        <dt>Attempt</dt>
        <dd class="number">
          {attempt} of {attempts.length}
        </dd>
        {repeatOf !== undefined && (
          <>
            <dt>Repeats</dt>
            <dd>{repeatOf}</dd>
          </>
        )}
      </dl>
      {error !== undefined && (
        <div class="problem">
          <p class="wrap">
            {error.message} <code>{error.code}</code>
          </p>
          {error.hint !== undefined && <p class="muted wrap">{error.hint}</p>}
        </div>
      )}
      {error === undefined && reason !== undefined && <p class="wrap">{reason}</p>}
      <h3>Parameters</h3>
      <dl class="trial-list">
        {Object.entries(params).map(([name, given]) => (
          <ParamFact key={name} name={name} value={given} />
        ))}
      </dl>
      <div class="trial-ways">
        <a class="button" href={address}>
          Whole trial
        </a>
        <TrialOrders key={number} study={study} trial={trial} />
      </div>
    </div>
  );
}

function ParamFact({ name, value }: { readonly name: string; readonly value: string | number | boolean | null }): VNode {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd>
        <ParamValue of={value} />
      </dd>
    </>
  );
}
