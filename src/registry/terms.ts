/** How long a promotion counts, and how long a version waits after it was taken back. */
export interface Terms {
  /** Days after which the evidence is too old: the promotion is shown as expired. */
  readonly expiresAfterDays: number;
  /** Days after a rollback in which the version that was left may not return to that alias. */
  readonly coolDownDays: number;
}

/** Terms of records that were made before records stated theirs. */
export const usualTerms: Terms = { expiresAfterDays: 90, coolDownDays: 7 };

/** The stricter of the terms of several gate policies: the shortest time that it counts, the longest wait. */
export function termsOf(policies: readonly Terms[]): Terms {
  if (policies.length === 0) return usualTerms;
  return {
    expiresAfterDays: Math.min(...policies.map(({ expiresAfterDays }) => expiresAfterDays)),
    coolDownDays: Math.max(...policies.map(({ coolDownDays }) => coolDownDays)),
  };
}

const dayMs = 86_400_000;

/** Adds days to a time. RFC 3339. */
export function daysLater(at: string, days: number): string {
  return new Date(Date.parse(at) + days * dayMs).toISOString();
}

/** True from that moment on. */
export function reached(moment: string, now: Date): boolean {
  return now.getTime() >= Date.parse(moment);
}
