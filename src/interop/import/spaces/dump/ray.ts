import type { AssayError } from '../../../../core/errors.ts';
import { float, int } from '../../../../search/space/builders.ts';
import { logRounded, threeSigma, unchanged } from '../change.ts';
import type { Change } from '../converted.ts';
import type { DumpReading } from './convert.ts';
import type { DumpCall } from './node.ts';
import { numbersOf, stepOf } from './numbers.ts';

/** Converts a distribution of Ray Tune. Of integers without a step the upper end is excluded there. */
export function convertRay(call: DumpCall, keys: readonly string[], { file, approximate }: DumpReading): Change {
  const refuse = (message: string, hint: string): AssayError => file.wrong(keys, message, hint);
  const ends = (): readonly number[] => numbersOf(call, ['lower', 'upper'], keys, file);
  const stepped = (): readonly [number, number, number] => {
    const [low, high, q] = numbersOf(call, ['lower', 'upper', 'q'], keys, file);
    return [low!, high!, stepOf(q!, keys, file)];
  };
  switch (call.call) {
    case 'uniform':
    case 'loguniform': {
      const [low, high] = ends();
      return unchanged(float(low!, high!, { log: call.call === 'loguniform' }));
    }
    case 'quniform': {
      const [low, high, q] = stepped();
      return unchanged(float(low, high, { step: q }));
    }
    case 'qloguniform': {
      const [low, high, q] = stepped();
      return logRounded(float(low, high, { log: true }), q);
    }
    case 'randint':
    case 'lograndint': {
      const [low, high] = ends();
      const param = int(low!, high! - 1, { log: call.call === 'lograndint' });
      return { param, notes: [`${call.call} excludes its upper end ${high}`] };
    }
    case 'qrandint': {
      const [low, high, q] = stepped();
      const [from, to] = [upTo(low, q), downTo(high, q)];
      const moved = from === low && to === high ? [] : [`ends ${low} and ${high} moved inwards to multiples of ${q}, as there`];
      return { param: int(from, to, { step: q }), notes: moved };
    }
    case 'qlograndint': {
      const [low, high, q] = stepped();
      return q === 1 ? unchanged(int(low, high, { log: true })) : logRounded(int(low, high, { log: true }), q);
    }
    case 'randn':
    case 'qrandn': {
      if (!approximate)
        throw refuse(`there is no ${call.call}`, 'a range has two ends: take uniform, or three sd around the mean with --approximate');
      const isStepped = call.call === 'qrandn';
      const [mean, sd, q] = numbersOf(call, ['mean', 'sd', ...(isStepped ? ['q'] : [])], keys, file);
      return threeSigma(mean!, sd!, { log: false, q: isStepped ? stepOf(q!, keys, file) : null });
    }
    case 'sample_from':
      throw refuse('sample_from is a function of Python', 'leave it out, and compute its value in the objective');
    default:
      throw refuse(`there is no ${call.call}`, 'take uniform, loguniform, quniform, randint, lograndint, qrandint or choice');
  }
}

const upTo = (value: number, q: number): number => Math.ceil(value / q) * q + 0;
const downTo = (value: number, q: number): number => Math.floor(value / q) * q + 0;
