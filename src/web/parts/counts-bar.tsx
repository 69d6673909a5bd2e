import type { VNode } from 'preact';
import { count } from '../../plot/format.ts';
import { StateMark } from './state-mark.tsx';
import './counts-bar.css';

/** States of trials in the order in which they are drawn. */
export const trialStates = ['complete', 'pruned', 'failed', 'cancelled', 'running', 'paused', 'queued'] as const;
export type TrialState = (typeof trialStates)[number];

/** How many trials are in each state: a bar of their shares and the numbers. */
export function CountsBar({ counts }: { readonly counts: Readonly<Record<TrialState, number>> }): VNode {
  const present = trialStates.filter((state) => counts[state] > 0);
  if (present.length === 0) return <span class="muted">no trial</span>;
  return (
    <span class="counts">
      <span class="counts-bar" aria-hidden="true">
        {present.map((state) => (
          <span key={state} class={`counts-share is-${state}`} style={{ flexGrow: counts[state] }} />
        ))}
      </span>
      {present.map((state) => (
        <span key={state} class="counts-number" title={state}>
          <StateMark state={state} bare /> <span class="number">{count(counts[state])}</span>
        </span>
      ))}
    </span>
  );
}
