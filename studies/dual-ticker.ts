import { defineStudy } from 'assay';
import { dualTickerTask, space } from './shared/dual-ticker.ts';

/** Recurrent PPO behind attention between the tickers, which picks short, flat or long for each: tens of seconds of one core a trial. */
export default defineStudy({
  name: 'dual-ticker',
  direction: 'maximize',
  space,
  budget: { trials: 24 },
  seed: 1,
  group: 'dual-ticker',
  next: 'dual-ticker-full',
  ...dualTickerTask('dual-ticker.yaml'),
});
