/** One-minute bars of regular US trading hours in a year: 252 sessions of 390. */
export const barsPerYear = 252 * 390;
