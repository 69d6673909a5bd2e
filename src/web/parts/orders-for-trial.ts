import type { Answers } from '../data/api.ts';

type Detail = Answers['/v1/studies/{}/trials/{}'];

export type TrialOrder = 'pause' | 'resume' | 'cancel' | 'retry' | 'repeat';

/** The orders that make sense for a trial as it stands. `repeat`: the result once more, of a trial that has one. */
export function ordersForTrial(state: Detail['state']): readonly TrialOrder[] {
  switch (state) {
    case 'queued':
    case 'running':
      return ['pause', 'cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'failed':
    case 'cancelled':
      return ['retry'];
    case 'complete':
    case 'pruned':
      return ['repeat'];
  }
}

/** The command that runs a trial's parameters and seed once more. */
export function repeatCommand({ address, state }: Pick<Detail, 'address' | 'state'>): string {
  return `assay trial retry ${address}${state === 'failed' || state === 'cancelled' ? '' : ' --same-seed'}`;
}
