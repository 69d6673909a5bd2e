/** Windows of the features, in bars. */
export const windows = {
  /** F2 */
  volumeBars: 60,
  eps: 1e-8,
  /** F3 */
  vwapBars: 10,
  /** F4 */
  intensityShortBars: 5,
  intensityLongBars: 20,
  /** F5 and F12 */
  momentumBars: 5,
  /**
   * F6-F9. The source names 288 "five-minute" bars: on one-minute bars that would average over regimes of 90 bars and need three quarters
   * of the first session as warm-up.
   */
  returnBars: 60,
  shortReturnBars: 5,
  /** F10 */
  correlationBars: 50,
} as const;
