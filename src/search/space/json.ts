import { assertNever } from '../../core/errors.ts';
import type { Param, ParamJson, SpaceJson, SpaceShape } from './param.ts';

/** Returns the JSON form of a normalised shape without default values: equivalent spaces have the same JSON. */
export function spaceJson(shape: SpaceShape): SpaceJson {
  return Object.fromEntries(Object.entries(shape).map(([name, param]) => [name, paramJson(param)]));
}

function paramJson(param: Param): ParamJson {
  const json = unguardedJson(param);
  return param.when === undefined ? json : { ...json, when: param.when };
}

function unguardedJson(param: Param): ParamJson {
  switch (param.type) {
    case 'float': {
      const { type, low, high, log, step } = param;
      return {
        type,
        low,
        high,
        ...(log && { log }),
        ...(step !== null && { step }),
      };
    }
    case 'int': {
      const { type, low, high, log, step } = param;
      return {
        type,
        low,
        high,
        ...(log && { log }),
        ...(step !== 1 && { step }),
      };
    }
    case 'choice':
      return { type: 'choice', choices: param.choices };
    case 'branch':
      return {
        type: 'branch',
        cases: Object.fromEntries(Object.entries(param.cases).map(([name, shape]) => [name, spaceJson(shape)])),
      };
    case 'repeat':
      return { type: 'repeat', low: param.low, high: param.high, of: spaceJson(param.of) };
    default:
      return assertNever(param);
  }
}
