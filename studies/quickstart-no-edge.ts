import { defineStudy, median, tpe } from 'assay';
import { quickstartTask, space } from './shared/quickstart.ts';

/** The same market without any drift: whatever the search finds here is luck, and the gates should refuse it. */
export default defineStudy({
  name: 'quickstart-no-edge',
  direction: 'maximize',
  space,
  sampler: tpe(),
  pruner: median(),
  budget: { trials: 16 },
  seed: 1,
  ...quickstartTask('quickstart-no-edge.yaml'),
});
