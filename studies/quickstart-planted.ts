import { defineStudy, median, tpe } from 'assay';
import { quickstartTask, space } from './shared/quickstart.ts';

/** A generated market with an edge that is there to be found: the models that come out of it should pass the gates. */
export default defineStudy({
  name: 'quickstart-planted',
  direction: 'maximize',
  space,
  sampler: tpe(),
  pruner: median(),
  budget: { trials: 24 },
  seed: 1,
  ...quickstartTask('quickstart.yaml'),
});
