import type { Db } from '../../../storage/database.ts';
import type { Fields } from '../fields.ts';
import { limits, optionalText, requiredText } from '../fields.ts';
import type { Attribute } from '../store/write-attributes.ts';
import type { MetricWriter } from '../store/write-metrics.ts';

/** What answers a call may use. */
export interface CallContext {
  readonly db: Db;
  readonly metrics: MetricWriter;
}

/** Answers a call from its fields, which come from the body or the query: an object, or the text of one. */
export type Call = (fields: Fields, context: CallContext) => Promise<object | string>;

/** Calls by method and path below `/api/2.0/mlflow/`. */
export type Calls = Readonly<Record<string, Call>>;

/** Reads a key and a value. @throws MlflowFault */
export function attributeOf(fields: Fields, mostValue: number): Attribute {
  return { key: requiredText(fields, 'key', limits.key), value: optionalText(fields, 'value', mostValue) ?? '' };
}

/** Answers nothing but that it is done. */
export async function done(work: Promise<unknown>): Promise<object> {
  await work;
  return {};
}
