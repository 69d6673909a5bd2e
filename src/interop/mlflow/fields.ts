import { invalid } from './fault.ts';

/** The fields of a request, from its body or its query. Unknown ones are ignored, as in MLflow. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longest names of keys, values of parameters and of tags, in characters. */
export const limits = { key: 250, param: 6000, tag: 8000, name: 500, metrics: 1000, params: 100, tags: 100, body: 1_000_000 } as const;

/** Whole numbers that a double cannot hold, as values of these keys, become texts before JSON rounds them. A key cannot occur unescaped inside a text. */
const longNumbers = /"(step|timestamp|start_time|end_time|max_results)"\s*:\s*(-?\d{16,})(?=\s*[,}])/g;

/** @throws MlflowFault unless it is the JSON of an object */
export function parseBody(text: string): Fields {
  if (text.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replaceAll(longNumbers, '"$1":"$2"'));
  } catch {
    throw invalid('the body is not JSON');
  }
  if (!isFields(parsed)) throw invalid('the body is not a JSON object');
  return parsed;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field; undefined: absent. @throws MlflowFault for another type, or a text that PostgreSQL cannot store or that is too long */
export function optionalText(fields: Fields, name: string, most: number = limits.tag): string | undefined {
  const value = own(fields, name);
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string') throw invalid(`${name} must be a text`);
  if (text.includes('\0')) throw invalid(`${name} has a character that cannot be stored (U+0000)`);
  if (text.length > most) throw invalid(`${name} has ${text.length} characters; at most ${most} are allowed`);
  return text;
}

/** The same; an empty one counts as absent. @throws MlflowFault also if it is absent */
export function requiredText(fields: Fields, name: string, most?: number): string {
  const text = optionalText(fields, name, most);
  if (text === undefined || text === '') throw invalid(`the field ${name} is missing`);
  return text;
}

/** A whole number of 64 bits, given as number or text. @throws MlflowFault */
export function optionalWhole(fields: Fields, name: string): bigint | undefined {
  const value = own(fields, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) {
    const whole = BigInt(value);
    if (BigInt.asIntN(64, whole) === whole) return whole;
  }
  throw invalid(`${name} must be a whole number of 64 bits`);
}

/** Milliseconds since 1970 of a year that a calendar has: from the year 1 to 275760. @throws MlflowFault */
export function optionalTime(fields: Fields, name: string): number | undefined {
  const whole = optionalWhole(fields, name);
  if (whole === undefined) return undefined;
  if (whole < -62_135_596_800_000n || whole > 8_640_000_000_000_000n)
    throw invalid(`${name} is ${whole}, which is no time in milliseconds since 1970`);
  return Number(whole);
}

const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** A double; NaN and the infinities are texts. @throws MlflowFault also if it is absent */
export function requiredDouble(fields: Fields, name: string): number {
  const value = own(fields, name);
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (Object.hasOwn(words, value)) return words[value]!;
    if (value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  }
  throw invalid(`${name} must be a number, or "NaN", "Infinity" or "-Infinity"`);
}

/** A list of objects; absent: empty. @throws MlflowFault */
export function listOf(fields: Fields, name: string, most: number): readonly Fields[] {
  const value = own(fields, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isFields)) throw invalid(`${name} must be a list of objects`);
  if (value.length > most) throw invalid(`${name} has ${value.length} entries; at most ${most} are allowed in a request`);
  return value;
}

/** A list of texts; absent: empty. A query holds one as a text. @throws MlflowFault */
export function textsOf(fields: Fields, name: string): readonly string[] {
  const value = own(fields, name);
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => optionalText({ [name]: one }, name) ?? '');
}

/** A number of results from 1; the default where there is none. @throws MlflowFault */
export function resultsOf(fields: Fields, usual: number, most: number): number {
  const whole = optionalWhole(fields, 'max_results') ?? BigInt(usual);
  if (whole < 1n || whole > BigInt(most)) throw invalid(`max_results must be from 1 to ${most}`);
  return Number(whole);
}

/** Where a page begins. @throws MlflowFault */
export function offsetOf(fields: Fields): number {
  const token = optionalText(fields, 'page_token') ?? '';
  if (token === '') return 0;
  const offset = /^o(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (offset === undefined) throw invalid('page_token is none that this server gave out');
  return Number(offset);
}

export const tokenOf = (offset: number): string => Buffer.from(`o${offset}`, 'latin1').toString('base64url');

/** `view_type` or `run_view_type`, as a condition on a column that is null for what is not deleted. @throws MlflowFault */
export function viewOf(fields: Fields, name: string): 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL' {
  const view = optionalText(fields, name) ?? 'ACTIVE_ONLY';
  if (view === 'ACTIVE_ONLY' || view === 'DELETED_ONLY' || view === 'ALL') return view;
  // The numbers of the protocol.
  const byNumber = { '1': 'ACTIVE_ONLY', '2': 'DELETED_ONLY', '3': 'ALL' } as const;
  if (Object.hasOwn(byNumber, view)) return byNumber[view as keyof typeof byNumber];
  throw invalid(`${name} must be ACTIVE_ONLY, DELETED_ONLY or ALL`);
}

const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
