import { defineStudy } from 'assay';
import { phoenixTask, space } from './shared/phoenix.ts';

/** SAC that looks back through state-space layers, one to four of them, at futures: regimes, session and the longer bars around each minute. */
export default defineStudy({
  name: 'phoenix',
  direction: 'maximize',
  space,
  budget: { trials: 24 },
  seed: 1,
  ...phoenixTask('phoenix.yaml'),
});
