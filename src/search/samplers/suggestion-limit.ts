/** Limit for one suggestion in milliseconds; it takes a few. The database ends a session that idles for a minute with the ask lock. */
export const longestSuggestionMs = 30_000;
