import { useStudyEvents } from '../data/events.ts';
import { useAnswer } from '../data/query.ts';

/** Follows the study whose pages are open, and draws nothing: its answers are renewed as it changes. */
export function StudyLive({ study }: { readonly study: string }): null {
  const { data } = useAnswer({ path: '/v1/studies/{}', parts: [study] }).value;
  useStudyEvents(study, data?.revision ?? null);
  return null;
}
