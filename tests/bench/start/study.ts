import { defineStudy, float, random } from 'assay';

/** No market, no work: what is left of a trial is its start. */
export default defineStudy({
  name: 'start',
  direction: 'minimize',
  space: { x: float(0, 1) },
  sampler: random(),
  objective: ({ params }) => params.x,
});
