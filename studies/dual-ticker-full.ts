import { defineStudy } from 'assay';
import { dualTickerTask, space } from './shared/dual-ticker.ts';

/** The same at the size of its design: 516,096 parameters of attention before two LSTMs of 128. */
export default defineStudy({
  name: 'dual-ticker-full',
  direction: 'maximize',
  space,
  budget: { trials: 64 },
  seed: 1,
  group: 'dual-ticker',
  ...dualTickerTask('dual-ticker-full.yaml'),
});
