/** Where the time comes from; tests inject their own. Leases never use it: only the database's clock decides those. */
export interface Clock {
	/** Milliseconds since the epoch. */
	readonly nowMs: () => number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
