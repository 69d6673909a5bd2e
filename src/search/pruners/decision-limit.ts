/** Limit for one decision in milliseconds; it takes less than one. The database ends a session that idles for a minute with the ask lock. */
export const longestDecisionMs = 30_000;
