import { invalid } from '../fault.ts';
import { type Fields, limits, listOf, offsetOf, optionalText, requiredText, resultsOf, textsOf } from '../fields.ts';
import { parseFilter } from '../filter/parse.ts';
import { promotionRefused, registeredModel, searchRegistered, searchVersions, versionByAlias, versionByNumber } from '../registry.ts';
import {
  addModelParams,
  addModelTags,
  createModel,
  deleteModel,
  deleteModelTag,
  modelStatuses,
  modelText,
  searchModels,
  setModelStatus,
} from '../store/logged-models.ts';
import { attributeOf, type Call, type Calls, done } from './call.ts';

const tagsOf = (fields: Fields) => listOf(fields, 'tags', limits.tags).map((tag) => attributeOf(tag, limits.tag));
const paramsOf = (fields: Fields) => listOf(fields, 'params', limits.params).map((param) => attributeOf(param, limits.param));
const nameOf = (fields: Fields): string => requiredText(fields, 'name', limits.name);
const filterOf = (fields: Fields): string => optionalText(fields, 'filter', limits.body) ?? '';

/** Name and run in a filter of logged models. @throws MlflowFault for anything else */
function modelFilter(filter: string): { readonly name: string | undefined; readonly sourceRun: string | undefined } {
  const wanted = new Map<string, string>();
  for (const { of, key, comparator, values } of parseFilter(filter)) {
    if (of !== 'attribute' || comparator !== '=' || (key !== 'name' && key !== 'source_run_id'))
      throw invalid('logged models are searched by name and source_run_id only');
    wanted.set(key, String(values[0]));
  }
  return { name: wanted.get('name'), sourceRun: wanted.get('source_run_id') };
}

export const modelCalls: Calls = {
  'POST logged-models': async (fields, { db }) => {
    const model = await createModel(db, {
      experiment: (optionalText(fields, 'experiment_id', limits.key) || undefined) ?? '0',
      name: optionalText(fields, 'name', limits.name) ?? '',
      modelType: optionalText(fields, 'model_type', limits.name) ?? '',
      sourceRun: optionalText(fields, 'source_run_id', limits.key) ?? '',
      tags: tagsOf(fields),
      params: paramsOf(fields),
    });
    return `{"model":${model}}`;
  },
  'POST logged-models/search': (fields, { db }) =>
    searchModels(db, textsOf(fields, 'experiment_ids'), {
      ...modelFilter(filterOf(fields)),
      limit: resultsOf(fields, 50, 1000),
      offset: offsetOf(fields),
    }),
  'GET registered-models/get': (fields, { db }) => registeredModel(db, nameOf(fields)),
  'GET registered-models/alias': (fields, { db }) => versionByAlias(db, nameOf(fields), requiredText(fields, 'alias', limits.name)),
  'GET registered-models/search': (fields, { db }) =>
    searchRegistered(db, filterOf(fields), resultsOf(fields, 100, 1000), optionalText(fields, 'page_token') || undefined),
  'GET model-versions/get': (fields, { db }) => versionByNumber(db, nameOf(fields), requiredText(fields, 'version', limits.key)),
  'GET model-versions/search': (fields, { db }) => searchVersions(db, filterOf(fields)),
};

/** Whatever would create a version, move an alias or change either. */
const changesRegistry = /^(POST|PUT|PATCH|DELETE) (registered-models|model-versions)(\/|$)/;

const refusePromotion: Call = async () => {
  throw promotionRefused();
};

/** Calls whose path holds the id of a logged model. */
const ofModel: Readonly<Record<string, (model: string) => Call>> = {
  'GET ':
    (model) =>
    async (_, { db }) =>
      `{"model":${await modelText(db, model)}}`,
  'PATCH ':
    (model) =>
    async (fields, { db }) => {
      const status = requiredText(fields, 'status', limits.key);
      const known = modelStatuses.find((one, index) => one === status || String(index + 1) === status);
      if (known === undefined) throw invalid(`status must be one of ${modelStatuses.join(', ')}`);
      return `{"model":${await setModelStatus(db, model, known)}}`;
    },
  'DELETE ':
    (model) =>
    async (_, { db }) =>
      done(deleteModel(db, model)),
  'PATCH /tags':
    (model) =>
    async (fields, { db }) =>
      `{"model":${await addModelTags(db, model, tagsOf(fields))}}`,
  'POST /params':
    (model) =>
    async (fields, { db }) =>
      done(addModelParams(db, model, paramsOf(fields))),
};

/** The call behind a method and a path, where the path holds a name or is refused whole; undefined: there is none. */
export function modelCallOf(method: string, path: string): Call | undefined {
  if (changesRegistry.test(`${method} ${path}`)) return refusePromotion;
  const [, model, rest = ''] = /^logged-models\/(m-[0-9a-f]{32})(\/.*)?$/.exec(path) ?? [];
  if (model === undefined) return undefined;
  const tag = method === 'DELETE' ? /^\/tags\/([^/]+)$/.exec(rest)?.[1] : undefined;
  if (tag !== undefined) return async (_, { db }) => done(deleteModelTag(db, model, requiredText({ key: tag }, 'key', limits.key)));
  return ofModel[`${method} ${rest}`]?.(model);
}
