import { invalid } from '../fault.ts';
import { limits, listOf, offsetOf, optionalText, requiredText, resultsOf, textsOf, viewOf } from '../fields.ts';
import { createExperiment, deleteExperimentTag, experimentText, setExperimentDeleted, setExperimentTag } from '../store/experiments.ts';
import { searchExperiments } from '../store/search.ts';
import { attributeOf, type Calls, done } from './call.ts';

const experimentId = (fields: Parameters<typeof requiredText>[0]): string => requiredText(fields, 'experiment_id', limits.key);

const search: Calls[string] = (fields, { db }) =>
  searchExperiments(db, {
    filter: optionalText(fields, 'filter', limits.body) ?? '',
    orderBy: textsOf(fields, 'order_by'),
    view: viewOf(fields, 'view_type'),
    limit: resultsOf(fields, 1000, 50_000),
    offset: offsetOf(fields),
  });

export const experimentCalls: Calls = {
  'GET experiments/get-by-name': async (fields, { db }) =>
    `{"experiment":${await experimentText(db, { name: requiredText(fields, 'experiment_name', limits.name) })}}`,
  'GET experiments/get': async (fields, { db }) => `{"experiment":${await experimentText(db, { id: experimentId(fields) })}}`,
  'POST experiments/create': async (fields, { db }) => {
    const name = requiredText(fields, 'name', limits.name);
    const artifactLocation = optionalText(fields, 'artifact_location') || undefined;
    const tags = listOf(fields, 'tags', limits.tags).map((tag) => attributeOf(tag, limits.tag));
    return { experiment_id: await createExperiment(db, { name, artifactLocation, tags }) };
  },
  'POST experiments/search': search,
  'GET experiments/search': search,
  'POST experiments/delete': (fields, { db }) => done(setExperimentDeleted(db, experimentId(fields), true)),
  'POST experiments/restore': (fields, { db }) => done(setExperimentDeleted(db, experimentId(fields), false)),
  'POST experiments/update': async () => {
    throw invalid('the name of an experiment is that of its study and never changes');
  },
  'POST experiments/set-experiment-tag': (fields, { db }) =>
    done(setExperimentTag(db, experimentId(fields), attributeOf(fields, limits.tag))),
  'POST experiments/delete-experiment-tag': (fields, { db }) =>
    done(deleteExperimentTag(db, experimentId(fields), requiredText(fields, 'key', limits.key))),
};
