import { defineStudy } from 'assay';
import { phoenixTask, space } from './shared/phoenix.ts';

/** SAC that looks back through state-space layers, one to four of them, at the flow that bars show: tens of seconds of one core a trial. */
export default defineStudy({
  name: 'phoenix',
  direction: 'maximize',
  space,
  budget: { trials: 24 },
  seed: 1,
  ...phoenixTask('phoenix.yaml'),
});
