import type { ReadonlySignal } from '@preact/signals';
import type { QueryObserverResult } from '@tanstack/query-core';
import type { VNode } from 'preact';
import type { Answers } from '../../data/api.ts';
import type { Problem } from '../../data/problem.ts';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time, Value } from '../../parts/value.tsx';
import { budgetParts, goalName, limitsText, progressText } from './budget.ts';
import { Orders } from './orders.tsx';

type Detail = Answers['/v1/studies/{}'];

interface StandingProps {
  readonly name: string;
  readonly study: ReadonlySignal<QueryObserverResult<Detail, Problem>>;
  /** True: no orders can be given, as in a report. */
  readonly readOnly?: boolean;
}

/** How a study stands: its state, the best value, what of its budget is used and why it ended, and the orders that a person can give. */
export function Standing({ name, study, readOnly = false }: StandingProps): VNode {
  return (
    <Panel title="Status" answer={study} controls={!readOnly && study.value.data && <Orders name={name} detail={study.value.data} />}>
      {(detail) => (
        <div class="standing">
          <dl class="facts">
            <Facts name={name} detail={detail} />
          </dl>
          <BudgetBar detail={detail} />
        </div>
      )}
    </Panel>
  );
}

function Facts({ name, detail }: { readonly name: string; readonly detail: Detail }): VNode {
  const { state, best, bestAddress, nonFinite, direction, freeze, updatedAt, sampler, pruner } = detail;
  const number = bestAddress?.split('#').at(-1);
  return (
    <>
      <div>
        <dt>State</dt>
        <dd>
          <StateMark state={state} />
          {freeze !== null && <span class="muted"> {freeze.holds ? `held: ${freeze.study} works` : 'works for its group'}</span>}
        </dd>
      </div>
      <div>
        <dt>
          {direction === 'maximize' ? 'Highest' : 'Lowest'} {goalName(detail)}
        </dt>
        <dd class="large">
          <Value of={best} nonFinite={nonFinite?.['best']} />
          {number !== undefined && (
            <a class="small-text" href={`/studies/${encodeURIComponent(name)}/trials/${number}`}>
              trial {number}
            </a>
          )}
        </dd>
      </div>
      <div>
        <dt>Sampler and pruner</dt>
        <dd>
          {sampler.id}, {pruner.id}
        </dd>
      </div>
      <div>
        <dt>Last change</dt>
        <dd>
          <Time of={updatedAt} />
        </dd>
      </div>
    </>
  );
}

/** Trials by state against the budget, in numbers and as one bar. */
function BudgetBar({ detail }: { readonly detail: Detail }): VNode {
  const { parts, whole } = budgetParts(detail);
  const limits = limitsText(detail.budget);
  return (
    <div class="budget">
      <div class="budget-bar" role="img" aria-label={progressText(detail)}>
        {parts.map(({ state, n }) => (
          <span key={state} class={`budget-part part-${state}`} style={{ flexGrow: n }} />
        ))}
        <span class="budget-part" style={{ flexGrow: Math.max(0, whole - parts.reduce((sum, { n }) => sum + n, 0)) }} />
      </div>
      <p>{progressText(detail)}</p>
      {detail.endedBecause !== null && <p>It ended because {detail.endedBecause}.</p>}
      {limits !== '' && <p class="muted small-text">It also ends at {limits}.</p>}
    </div>
  );
}
