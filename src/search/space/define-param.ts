import { errorAt } from '../../core/errors.ts';
import { isReservedKey } from '../../core/reserved-keys.ts';
import { isWellFormed } from '../../core/text.ts';
import { gridValue, stepsBetween } from './decimal.ts';
import type { BranchParam, ChoiceParam, ChoiceValue, FloatParam, IntParam, Param, RepeatParam, SpaceShape, WhenGuard } from './param.ts';

/*
 * Turns any input (a builder's result, parsed JSON) into a normalised definition, or throws an error that names the parameter.
 */

const wrong = errorAt('space_invalid');

/** A name is used in tables, filters (`lr<1e-3`) and on command lines (`-p lr=1e-3`), so it must be a plain word. */
const paramName = /^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}\p{N}_-]+)*$/u;
const caseName = /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u;

function checkName(kind: 'parameter' | 'case', name: string, place: string): void {
  if (name === '') throw wrong(place, `a ${kind} has an empty name`, `give the ${kind} a name such as ${kind === 'case' ? 'adam' : 'lr'}`);
  const legal = (kind === 'case' ? caseName : paramName).test(name) && !isReservedKey(name);
  if (!legal)
    throw wrong(
      place,
      `${JSON.stringify(name)} cannot be the name of a ${kind}`,
      `use letters, digits, _ and -${kind === 'case' ? '' : ', starting with a letter; dots may join such words'}; not __proto__, constructor or prototype`,
    );
}

/** @param prefix of the shape's flat names: '' or `opt.adam.` */
export function defineShape(raw: unknown, prefix: string): SpaceShape {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw wrong(
      prefix.slice(0, -1) || 'space',
      'a space is an object of named parameters',
      'write { lr: float(1e-5, 1e-2, { log: true }), ... }',
    );
  const shape: Record<string, Param> = {};
  for (const [name, param] of Object.entries(raw)) {
    checkName('parameter', name, prefix + name || 'space');
    if (prefix !== '' && name === 'name')
      throw wrong(
        prefix + name,
        "a parameter of a branch's case cannot be called name",
        'the chosen case is found under name; call it something else',
      );
    shape[name] = defineParam(param, prefix + name);
  }
  return shape;
}

function defineParam(raw: unknown, place: string): Param {
  const { when, ...fields } = typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
  const param = defineUnguarded(fields, place);
  return when === undefined ? param : { ...param, when: defineWhen(when, place) };
}

function defineUnguarded(fields: Readonly<Record<string, unknown>>, place: string): Param {
  switch (fields['type']) {
    case 'float':
      return defineFloat(fields, place);
    case 'int':
      return defineInt(fields, place);
    case 'choice':
      return defineChoice(fields, place);
    case 'branch':
      return defineBranch(fields, place);
    case 'repeat':
      return defineRepeat(fields, place);
    default:
      throw wrong(
        place,
        fields['type'] === undefined ? 'this is not a parameter' : `there is no parameter type ${JSON.stringify(fields['type'])}`,
        'use float(low, high), int(low, high), choice([...]), branch({ ... }) or repeat(low, high, { ... })',
      );
  }
}

/** Checks the form of a guard only; `dependencyOrder` checks that the other parameter exists and can have the values. */
function defineWhen(raw: unknown, place: string): WhenGuard {
  const { param, in: values } = typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
  if (typeof param !== 'string' || !Array.isArray(values) || values.length === 0)
    throw wrong(place, 'when needs another parameter and the values it must have', "write when: { param: 'layers', in: [2, 3] }");
  return { param, in: [...(values as readonly ChoiceValue[])] };
}

function onlyFields(fields: Readonly<Record<string, unknown>>, known: readonly string[], place: string): void {
  for (const field of Object.keys(fields))
    if (!known.includes(field)) throw wrong(place, `unknown field ${JSON.stringify(field)}`, `known here: ${known.join(', ')}`);
}

/** Largest number of steps in a range for which every multiple of the step can be told apart in double precision. */
const mostSteps = 2 ** 50;

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
}

function defineBounds(fields: Readonly<Record<string, unknown>>, place: string): Bounds {
  onlyFields(fields, ['type', 'low', 'high', 'log', 'step'], place);
  const { low, high, log = false, step = null } = fields;
  for (const [field, value] of [
    ['low', low],
    ['high', high],
  ] as const)
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw wrong(place, `${field} is ${show(value)}, not a finite number`, 'give both ends of the range as finite numbers');
  // Adding 0 turns -0, which JSON cannot express, into 0.
  const [from, to] = [(low as number) + 0, (high as number) + 0];
  if (from > to) throw wrong(place, `low ${from} is above high ${to}`, 'swap the two');
  if (!Number.isFinite(to - from)) throw wrong(place, `the range from ${from} to ${to} is too wide for a number`, 'narrow it');
  if (typeof log !== 'boolean') throw wrong(place, `log is ${show(log)}, not true or false`, 'write log: true, or leave it out');
  if (log && from <= 0) throw wrong(place, `a log scale cannot reach low ${from}`, 'raise low above 0, or drop log');
  if (step !== null && (typeof step !== 'number' || !Number.isFinite(step) || step <= 0))
    throw wrong(place, `step is ${show(step)}, not a finite number above 0`, 'give a positive step, or leave it out');
  if (step !== null && to > from && stepsBetween(from, to, step) < 1)
    throw wrong(place, `step ${step} does not fit into the range from ${from} to ${to}`, `use a step of at most ${to - from}`);
  return { low: from, high: to, log, step };
}

function defineFloat(fields: Readonly<Record<string, unknown>>, place: string): FloatParam {
  const { low, high, log, step } = defineBounds(fields, place);
  if (log && step !== null) throw wrong(place, 'log and step cannot be combined', 'drop one of the two, or use a choice of the values');
  if (step !== null && Math.max(Math.abs(low), Math.abs(high), high - low) / step > mostSteps)
    throw wrong(
      place,
      `steps of ${step} from ${low} to ${high} are too fine for a number to tell apart`,
      'use a larger step, or a continuous range: leave step out',
    );
  return {
    type: 'float',
    low,
    high: step === null ? high : gridValue(low, step, stepsBetween(low, high, step)),
    log,
    step,
  };
}

function defineInt(fields: Readonly<Record<string, unknown>>, place: string): IntParam {
  const { low, high, log, step } = defineBounds(fields, place);
  for (const [field, value] of Object.entries({ low, high, step: step ?? 1 }))
    if (!Number.isSafeInteger(value)) throw wrong(place, `${field} is ${value}, not a whole number`, 'round it, or use float(...)');
  if (!Number.isSafeInteger(high - low))
    throw wrong(place, `the range from ${low} to ${high} has more than 2^53 whole numbers`, 'narrow it, or use float(...)');
  if (log && step !== null && step !== 1)
    throw wrong(place, 'log and step cannot be combined', 'drop one of the two, or use a choice of the values');
  return {
    type: 'int',
    low,
    high: low + stepsBetween(low, high, step ?? 1) * (step ?? 1),
    log,
    step: step ?? 1,
  };
}

function defineChoice(fields: Readonly<Record<string, unknown>>, place: string): ChoiceParam {
  onlyFields(fields, ['type', 'choices'], place);
  const { choices } = fields;
  if (!Array.isArray(choices) || choices.length === 0)
    throw wrong(place, 'a choice needs at least one value', "write choice(['relu', 'silu'])");
  const seen = new Set<unknown>();
  for (const value of choices as readonly unknown[]) {
    const legal = value === null || ['string', 'boolean'].includes(typeof value) || (typeof value === 'number' && Number.isFinite(value));
    if (!legal) throw wrong(place, `${show(value)} cannot be a choice`, 'choices are strings, finite numbers, true, false or null');
    // The database stores neither NUL nor half a surrogate pair.
    if (typeof value === 'string' && (value.includes('\0') || !isWellFormed(value)))
      throw wrong(place, `${show(value)} cannot be a choice`, 'leave out the character NUL and single halves of surrogate pairs');
    if (seen.has(value)) throw wrong(place, `the choice ${show(value)} is listed twice`, 'list each value once');
    seen.add(value);
  }
  return { type: 'choice', choices: (choices as readonly ChoiceValue[]).map((value) => (value === 0 ? 0 : value)) };
}

function defineBranch(fields: Readonly<Record<string, unknown>>, place: string): BranchParam {
  onlyFields(fields, ['type', 'cases'], place);
  const { cases } = fields;
  if (typeof cases !== 'object' || cases === null || Array.isArray(cases) || Object.keys(cases).length === 0)
    throw wrong(place, 'a branch needs at least one case', 'write branch({ adam: { beta1: float(0.8, 0.99) }, sgd: {} })');
  const defined: Record<string, SpaceShape> = {};
  for (const [name, shape] of Object.entries(cases)) {
    checkName('case', name, `${place}.${name}`);
    const caseShape = defineShape(shape, `${place}.${name}.`);
    if (Object.hasOwn(caseShape, 'name'))
      throw wrong(
        `${place}.${name}.name`,
        "a parameter of a branch's case cannot be called name",
        'the chosen case is found under name; call it something else',
      );
    defined[name] = caseShape;
  }
  return { type: 'branch', cases: defined };
}

/** Maximum length of a list: every item adds flat parameters. */
const mostItems = 100;

function defineRepeat(fields: Readonly<Record<string, unknown>>, place: string): RepeatParam {
  onlyFields(fields, ['type', 'low', 'high', 'of'], place);
  const { low, high } = defineInt({ type: 'int', low: fields['low'], high: fields['high'] }, place);
  if (low < 0 || high > mostItems)
    throw wrong(place, `a list of ${low} to ${high} items cannot be searched`, `stay between 0 and ${mostItems}`);
  return { type: 'repeat', low, high, of: defineShape(fields['of'], `${place}.0.`) };
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
