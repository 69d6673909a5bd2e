import type { studies } from './studies.ts';
import type { trials } from './trials.ts';

/** A study as it is stored. */
export type StudyRow = typeof studies.$inferSelect;
/** A trial as it is stored. */
export type TrialRow = typeof trials.$inferSelect;
