import { defineStudy } from 'assay';
import { phoenixTask, space } from './shared/phoenix.ts';

/** The same at the size of its design, for a machine with many cores or a GPU. */
export default defineStudy({
  name: 'phoenix-full',
  direction: 'maximize',
  space,
  budget: { trials: 64 },
  seed: 1,
  ...phoenixTask('phoenix-full.yaml'),
});
