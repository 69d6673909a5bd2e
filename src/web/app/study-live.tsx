import { useStudyEvents } from '../data/events.ts';
import { useAnswer } from '../data/query.ts';
import { stream } from '../data/server.ts';

/** A study that is over may be resumed or get a larger budget, of which no stream tells. */
const endedMs = 10_000;

/** Follows the study whose pages are open, and draws nothing: its answers are renewed as it changes. */
export function StudyLive({ study }: { readonly study: string }): null {
  const { data } = useAnswer({
    path: '/v1/studies/{}',
    parts: [study],
    everyMs: stream.value === 'ended' ? endedMs : undefined,
  }).value;
  useStudyEvents(study, data?.revision ?? null);
  return null;
}
