import type { Json } from '../../../core/json.ts';
import type { Db } from '../../../storage/database.ts';
import { invalid, missing } from '../fault.ts';
import {
  type Fields,
  isFields,
  limits,
  listOf,
  offsetOf,
  optionalText,
  optionalTime,
  optionalWhole,
  requiredDouble,
  requiredText,
  resultsOf,
  textsOf,
  viewOf,
} from '../fields.ts';
import { lockRun, runIdOf } from '../store/held-run.ts';
import { historyText } from '../store/history.ts';
import { addToRun } from '../store/inputs.ts';
import { createRun, renameRun, runInfoText, runText, setRunDeleted } from '../store/runs.ts';
import { searchRuns } from '../store/search.ts';
import { type RunStatus, setStatus, statuses } from '../store/set-status.ts';
import { type Attribute, deleteTag, writeParams, writeTags } from '../store/write-attributes.ts';
import { type Point, writePoints } from '../store/write-metrics.ts';
import { attributeOf, type CallContext, type Calls, done } from './call.ts';

/** Clients send `run_uuid` beside `run_id`; either will do. @throws MlflowFault */
const runOf = (fields: Fields): string =>
  runIdOf((optionalText(fields, 'run_id') || undefined) ?? (optionalText(fields, 'run_uuid') || requiredText(fields, 'run_id')));

/** Runs a change of a run whose row is locked. */
const within = <Result>(db: Db, run: string, change: (tx: Db, trial: number) => Promise<Result>): Promise<Result> =>
  db.transaction(async (tx) => change(tx, await lockRun(tx, run)));

function pointOf(fields: Fields): Point {
  return {
    key: requiredText(fields, 'key', limits.key),
    value: requiredDouble(fields, 'value'),
    timeMs: optionalTime(fields, 'timestamp') ?? Date.now(),
    step: optionalWhole(fields, 'step') ?? 0n,
  };
}

interface Batch {
  readonly metrics: readonly Point[];
  readonly params: readonly Attribute[];
  readonly tags: readonly Attribute[];
}

/** Writes a batch in one transaction: nothing of a refused one is there. */
async function writeBatch({ db, metrics }: CallContext, run: string, batch: Batch): Promise<void> {
  if (batch.params.length + batch.tags.length === 0) return metrics.write(run, batch.metrics);
  await within(db, run, async (tx, trial) => {
    await writeParams(tx, trial, batch.params);
    await writeTags(tx, trial, batch.tags);
    if (batch.metrics.length > 0) await writePoints(tx, [{ run, points: batch.metrics }]);
  });
}

const search: Calls[string] = (fields, { db }) =>
  searchRuns(db, textsOf(fields, 'experiment_ids'), {
    filter: optionalText(fields, 'filter', limits.body) ?? '',
    orderBy: textsOf(fields, 'order_by'),
    view: viewOf(fields, 'run_view_type'),
    limit: resultsOf(fields, 1000, 50_000),
    offset: offsetOf(fields),
  });

/** @throws MlflowFault */
function statusOf(fields: Fields): RunStatus | undefined {
  const status = optionalText(fields, 'status') ?? '';
  if (status === '') return undefined;
  // The numbers of the protocol.
  const named = { '1': 'RUNNING', '2': 'SCHEDULED', '3': 'FINISHED', '4': 'FAILED', '5': 'KILLED' }[status] ?? status;
  if (Object.hasOwn(statuses, named)) return named as RunStatus;
  throw invalid(`status must be one of ${Object.keys(statuses).join(', ')}`);
}

const datasetKeys = ['name', 'digest', 'source_type', 'source', 'schema', 'profile'] as const;

/** A data set with its tags, of what MLflow knows of one. @throws MlflowFault */
function inputOf(fields: Fields): Json {
  const { dataset } = fields;
  if (!isFields(dataset)) throw invalid('dataset must be an object');
  requiredText(dataset, 'name', limits.name);
  requiredText(dataset, 'digest', limits.name);
  const known = datasetKeys.flatMap((key) => {
    const text = optionalText(dataset, key, limits.body);
    return text === undefined ? [] : [[key, text] as const];
  });
  return {
    tags: listOf(fields, 'tags', limits.tags).map((tag) => ({ ...attributeOf(tag, limits.tag) })),
    dataset: Object.fromEntries(known),
  };
}

const inputKey = (entry: Json): string => {
  const { dataset } = entry as { readonly dataset: Readonly<Record<string, string>> };
  return JSON.stringify([dataset['name'], dataset['digest']]);
};

const outputKey = (entry: Json): string => (entry as { readonly model_id: string }).model_id;

export const runCalls: Calls = {
  'POST runs/create': async (fields, { db }) => {
    const run = await createRun(db, {
      experiment: (optionalText(fields, 'experiment_id', limits.key) || undefined) ?? '0',
      user: optionalText(fields, 'user_id', limits.name) ?? '',
      name: optionalText(fields, 'run_name'),
      startMs: optionalTime(fields, 'start_time') ?? Date.now(),
      tags: listOf(fields, 'tags', limits.tags).map((tag) => attributeOf(tag, limits.tag)),
    });
    return `{"run":${await runText(db, run)}}`;
  },
  'GET runs/get': async (fields, { db }) => `{"run":${await runText(db, runOf(fields))}}`,
  'POST runs/update': async (fields, { db }) => {
    const run = runOf(fields);
    const status = statusOf(fields);
    const endMs = optionalTime(fields, 'end_time');
    const name = optionalText(fields, 'run_name');
    await within(db, run, async (tx, trial) => {
      if (status !== undefined) await setStatus(tx, trial, status, endMs);
      if (name !== undefined && name !== '') await renameRun(tx, trial, name);
    });
    return `{"run_info":${await runInfoText(db, run)}}`;
  },
  'POST runs/delete': (fields, { db }) => done(setRunDeleted(db, runOf(fields), true)),
  'POST runs/restore': (fields, { db }) => done(setRunDeleted(db, runOf(fields), false)),
  'POST runs/log-parameter': (fields, context) =>
    done(writeBatch(context, runOf(fields), { metrics: [], params: [attributeOf(fields, limits.param)], tags: [] })),
  'POST runs/log-metric': (fields, { metrics }) => done(metrics.write(runOf(fields), [pointOf(fields)])),
  'POST runs/log-batch': (fields, context) =>
    done(
      writeBatch(context, runOf(fields), {
        metrics: listOf(fields, 'metrics', limits.metrics).map(pointOf),
        params: listOf(fields, 'params', limits.params).map((param) => attributeOf(param, limits.param)),
        tags: listOf(fields, 'tags', limits.tags).map((tag) => attributeOf(tag, limits.tag)),
      }),
    ),
  'POST runs/set-tag': (fields, context) =>
    done(writeBatch(context, runOf(fields), { metrics: [], params: [], tags: [attributeOf(fields, limits.tag)] })),
  'POST runs/delete-tag': async (fields, { db }) => {
    const key = requiredText(fields, 'key', limits.key);
    const run = runOf(fields);
    if (!(await within(db, run, (tx, trial) => deleteTag(tx, trial, key)))) throw missing(`run ${run} has no tag ${JSON.stringify(key)}`);
    return {};
  },
  'POST runs/log-inputs': (fields, { db }) =>
    done(addToRun(db, runOf(fields), 'inputs', listOf(fields, 'datasets', limits.metrics).map(inputOf), inputKey)),
  'POST runs/outputs': (fields, { db }) => {
    const models = listOf(fields, 'models', limits.metrics).map((model) => ({
      model_id: requiredText(model, 'model_id', limits.key),
      step: Number(optionalWhole(model, 'step') ?? 0n),
    }));
    return done(addToRun(db, runOf(fields), 'outputs', models, outputKey));
  },
  'POST runs/search': search,
  'GET metrics/get-history': (fields, { db }) =>
    historyText(db, runOf(fields), requiredText(fields, 'metric_key', limits.key), {
      limit: resultsOf(fields, 25_000, 25_000),
      offset: offsetOf(fields),
    }),
};
