import { defineStudy } from 'assay';
import { phoenixTask, space } from './shared/phoenix.ts';

/** The same agent at the flow of orders in the book of a future. */
export default defineStudy({
  name: 'phoenix-ofi',
  direction: 'maximize',
  space,
  budget: { trials: 24 },
  seed: 1,
  ...phoenixTask('phoenix-ofi.yaml'),
});
