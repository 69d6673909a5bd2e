import { sha256 } from '../../core/json.ts';
import { type CompiledSpace, compileSpace } from '../../search/space/compile.ts';
import type { ChoiceValue, LeafParam, ParamJson } from '../../search/space/param.ts';
import { invalid } from './fault.ts';
import { parsePythonJson, pythonJson } from './python-json.ts';

/** What Optuna suggests a parameter from. */
export type Distribution =
  | {
      readonly type: 'float' | 'int';
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      /** Null: continuous. */
      readonly step: number | null;
    }
  | { readonly type: 'choice'; readonly choices: readonly unknown[] };

const types = {
  FloatDistribution: 'float',
  IntDistribution: 'int',
  CategoricalDistribution: 'choice',
  // What releases before 3.0 wrote, and databases still hold.
  UniformDistribution: 'float',
  LogUniformDistribution: 'float',
  DiscreteUniformDistribution: 'float',
  IntUniformDistribution: 'int',
  IntLogUniformDistribution: 'int',
} as const;

/** Parses a distribution of the client. @throws Fault `INVALID_ARGUMENT` */
export function parseDistribution(text: string): Distribution {
  let parsed: unknown;
  try {
    parsed = parsePythonJson(text);
  } catch {
    throw invalid('a distribution is no JSON');
  }
  const { name, attributes } = objectOf(parsed);
  const type = typeof name === 'string' && Object.hasOwn(types, name) ? types[name as keyof typeof types] : undefined;
  if (type === undefined) throw invalid(`there is no distribution ${JSON.stringify(name)}`, `known: ${Object.keys(types).join(', ')}`);
  const { low, high, log, step, choices } = { ...impliedBy(String(name), objectOf(attributes)), ...objectOf(attributes) };
  if (type === 'choice') {
    if (!Array.isArray(choices) || choices.length === 0) throw invalid('a CategoricalDistribution needs choices');
    return { type, choices };
  }
  if (typeof low !== 'number' || typeof high !== 'number' || typeof log !== 'boolean' || (step !== null && typeof step !== 'number'))
    throw invalid(`a ${String(name)} needs numbers low and high, a truth value log, and a step`);
  return { type, low, high, log, step: step ?? null };
}

/** Attributes that the name of an old distribution stands for. */
function impliedBy(name: string, { q }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (name === 'DiscreteUniformDistribution') return { log: false, step: q };
  if (name === 'UniformDistribution' || name === 'LogUniformDistribution') return { log: name.startsWith('Log'), step: null };
  if (name === 'IntUniformDistribution' || name === 'IntLogUniformDistribution') return { log: name.startsWith('IntLog'), step: 1 };
  return {};
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The distribution of a native parameter, as Optuna writes it. */
export function distributionText(param: LeafParam): string {
  if (param.type === 'choice') return pythonJson({ name: 'CategoricalDistribution', attributes: { choices: param.choices } });
  const { low, high, log, step } = param;
  return param.type === 'int'
    ? pythonJson({ name: 'IntDistribution', attributes: { log, step, low, high } })
    : pythonJson({ name: 'FloatDistribution', attributes: { step, low, high, log } });
}

const textOf = (given: Distribution): string =>
  given.type === 'choice'
    ? pythonJson({ name: 'CategoricalDistribution', attributes: { choices: given.choices } })
    : pythonJson({
        name: given.type === 'int' ? 'IntDistribution' : 'FloatDistribution',
        attributes: { low: given.low, high: given.high, log: given.log, step: given.step },
      });

/**
 * Widens what a study knows of a parameter by another distribution of it.
 * @returns the text to keep (null: the known one holds it already)
 * @throws Fault `INVALID_ARGUMENT` where Optuna demands the same: class, `log`, all choices
 */
export function widened(name: string, known: Distribution, given: Distribution): string | null {
  const other = (what: string) =>
    invalid(`parameter ${JSON.stringify(name)} had ${what} in this study before`, 'give it another name, or begin another study');
  if (known.type !== given.type) throw other(`another class (${known.type})`);
  if (known.type === 'choice' || given.type === 'choice') {
    if (known.type === given.type && textOf(known) === textOf(given)) return null;
    throw other('other choices');
  }
  if (known.log !== given.log) throw other(`log ${String(known.log)}`);
  const low = Math.min(known.low, given.low);
  const high = Math.max(known.high, given.high);
  // A grid is kept only while all have the same one.
  const sameGrid = known.step === given.step && known.low === given.low;
  const step = sameGrid ? known.step : known.type === 'int' ? 1 : null;
  const union: Distribution = { ...known, low, high, step };
  const text = textOf(union);
  return text === textOf(known) ? null : text;
}

/** The value as people read it. @throws Fault `INVALID_ARGUMENT` for an index that is none */
export function shownValue(distribution: Distribution, internal: number): ChoiceValue {
  if (distribution.type === 'choice') {
    const shown = shownChoices(distribution.choices);
    const value = Number.isInteger(internal) ? shown[internal] : undefined;
    if (value === undefined) throw invalid(`${internal} is no index of ${distribution.choices.length} choices`);
    return value;
  }
  // JSON has neither NaN nor infinities, nor -0.
  return Number.isFinite(internal) ? internal + 0 : String(internal);
}

/** Choices as the space has them, each once: what is no text, number, truth value or null, and what is there already, is its JSON text. */
function shownChoices(choices: readonly unknown[]): readonly ChoiceValue[] {
  const seen = new Set<ChoiceValue>();
  return choices.map((choice, index) => {
    const plain = isPlain(choice) ? (choice === 0 ? 0 : choice) : storable(pythonJson(choice));
    const value = seen.has(plain) ? `${storable(pythonJson(choice))} (${index})` : plain;
    seen.add(value);
    return value;
  });
}

function isPlain(choice: unknown): choice is ChoiceValue {
  if (typeof choice === 'string') return choice === storable(choice);
  return choice === null || typeof choice === 'boolean' || (typeof choice === 'number' && Number.isFinite(choice));
}

const storable = (text: string): string => Buffer.from(text).toString().replaceAll('\0', '\\u0000');

/** Name of a parameter in the space: its own, or where that is not allowed, what is left of it with a hash. */
export function shownName(name: string): string {
  if (legalParam(name, { type: 'float', low: 0, high: 1 })) return name;
  const words = name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80);
  const hash = sha256(name).slice(0, 6);
  return `${/^[\p{L}_]/u.test(words) ? '' : '_'}${words}_${hash}`;
}

/** The space that the distributions of a study amount to; a parameter that no space can have is left out. */
export function spaceOf(distributions: readonly { readonly name: string; readonly distribution: Distribution }[]): CompiledSpace {
  const space: Record<string, ParamJson> = {};
  for (const { name, distribution } of distributions) {
    const shown = shownName(name);
    const param = paramOf(distribution);
    if (!Object.hasOwn(space, shown) && legalParam(shown, param)) space[shown] = param;
  }
  return compileSpace(space);
}

function paramOf(distribution: Distribution): ParamJson {
  if (distribution.type === 'choice') return { type: 'choice', choices: shownChoices(distribution.choices) };
  const { type, low, high, log, step } = distribution;
  return { type, low, high, ...(log && { log }), ...(step !== null && !log && { step }) };
}

function legalParam(name: string, param: ParamJson): boolean {
  try {
    compileSpace({ [name]: param });
    return true;
  } catch {
    return false;
  }
}
