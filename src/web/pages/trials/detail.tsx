import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { duration } from '../../../plot/format.ts';
import { useKeys } from '../../app/keys.ts';
import type { Answers } from '../../data/api.ts';
import { order } from '../../data/orders.ts';
import { useAnswer } from '../../data/query.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
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
        {(trial) =>
          trial.number === number ? (
            <Contents study={study} trial={trial} />
          ) : (
            <div class="panel-skeleton" role="status" aria-label="The trial is loading" />
          )
        }
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
              <Value of={lastReport.value} /> at step <Value of={lastReport.step} />
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
      <p class="trial-ways">
        <a class="button" href={address}>
          Whole trial
        </a>
        <TrialOrders key={number} study={study} number={number} state={state} />
      </p>
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

interface TrialOrder {
  readonly verb: 'cancel' | 'pause' | 'resume' | 'retry';
  readonly word: string;
  readonly what: string;
  readonly danger?: true;
}

const cancel: TrialOrder = { verb: 'cancel', word: 'Cancel', what: 'It ends without a value. That cannot be undone.', danger: true };
const pause: TrialOrder = { verb: 'pause', word: 'Pause', what: 'It waits until it is resumed; what it has saved is kept.' };
const resume: TrialOrder = { verb: 'resume', word: 'Resume', what: 'A worker takes it again.' };
const retry: TrialOrder = { verb: 'retry', word: 'Try again', what: 'A new trial with the same parameters is queued.' };

/** What can be done with a trial of each state. */
const ordersOf: Readonly<Record<Detail['state'], readonly TrialOrder[]>> = {
  queued: [pause, cancel],
  running: [pause, cancel],
  paused: [resume, cancel],
  complete: [retry],
  pruned: [retry],
  failed: [retry],
  cancelled: [retry],
};

function TrialOrders({
  study,
  number,
  state,
}: {
  readonly study: string;
  readonly number: number;
  readonly state: Detail['state'];
}): VNode {
  const [asked, setAsked] = useState<TrialOrder | null>(null);
  const send = ({ verb }: TrialOrder): Promise<unknown> =>
    order(`/v1/studies/${encodeURIComponent(study)}/trials/${number}/${verb}`, verb === 'retry' ? {} : undefined);
  return (
    <>
      {ordersOf[state].map((each) => (
        <button key={each.verb} type="button" class={each.danger === true ? 'danger' : undefined} onClick={() => setAsked(each)}>
          {each.word}
        </button>
      ))}
      <Confirm
        title={`${asked?.word ?? ''}: ${study}#${number}`}
        open={asked !== null}
        onClose={() => setAsked(null)}
        action={asked?.word ?? ''}
        danger={asked?.danger === true}
        onConfirm={() => (asked === null ? Promise.resolve() : send(asked))}
      >
        <p>{asked?.what}</p>
      </Confirm>
    </>
  );
}
