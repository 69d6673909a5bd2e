import type { Answers } from '../../data/api.ts';

export type StudyOrder = 'pause' | 'resume' | 'stop' | 'cancel';

/** The orders that change something about a study as it stands. */
export function ordersFor({
  state,
  desiredState,
  counts,
}: Pick<Answers['/v1/studies/{}'], 'state' | 'desiredState' | 'counts'>): readonly StudyOrder[] {
  const unfinished = counts.queued + counts.running + counts.paused > 0;
  if (state === 'complete' && !unfinished) return [];
  return [
    ...(desiredState === 'open' ? (['pause'] as const) : (['resume'] as const)),
    ...(desiredState === 'stopped' ? [] : (['stop'] as const)),
    ...(unfinished || desiredState === 'open' ? (['cancel'] as const) : []),
  ];
}
