import type { Param, ParamJson, SpaceJson, SpaceShape } from './param.ts';

/** Returns a line for each range whose end was lowered to the last value that its steps meet. */
export function loweredEnds(written: SpaceShape | SpaceJson, defined: SpaceShape, prefix: string): readonly string[] {
  return Object.entries(defined).flatMap(([name, param]) => loweredEnd(written[name]!, param, prefix + name));
}

function loweredEnd(written: Param | ParamJson, defined: Param, name: string): readonly string[] {
  if (defined.type === 'branch' && written.type === 'branch')
    return Object.entries(defined.cases).flatMap(([key, shape]) => loweredEnds(written.cases[key]!, shape, `${name}.${key}.`));
  if (defined.type === 'repeat' && written.type === 'repeat') return loweredEnds(written.of, defined.of, `${name}.0.`);
  if ((defined.type !== 'float' && defined.type !== 'int') || written.type !== defined.type || written.high === defined.high) return [];
  return [`${name} ends at ${defined.high}, not at ${written.high}: steps of ${defined.step} from ${defined.low} do not meet it`];
}
