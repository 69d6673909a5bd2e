import type { AssayError } from '../../../../core/errors.ts';
import { choice, float, int } from '../../../../search/space/builders.ts';
import { exponentials, logRounded, multipleOf, roundedSteps, threeSigma, unchanged } from '../change.ts';
import type { Change } from '../converted.ts';
import type { DumpReading } from './convert.ts';
import type { DumpCall } from './node.ts';
import { numbersOf, stepOf } from './numbers.ts';

/** Largest n for which `hp.randint(n)`, whose numbers have no order, becomes a choice. */
const mostUnordered = 32;

/** Converts a distribution of Hyperopt. `int_quniform` is `scope.int(hp.quniform(...))`, with q 1 that is `hp.uniformint`. */
export function convertHyperopt(call: DumpCall, keys: readonly string[], { file, approximate }: DumpReading): Change {
  const refuse = (message: string, hint: string): AssayError => file.wrong(keys, message, hint);
  const ends = (): readonly [number, number] => {
    const [low, high] = numbersOf(call, ['low', 'high'], keys, file);
    return [low!, high!];
  };
  const stepped = (): readonly [number, number, number] => {
    const [low, high, q] = numbersOf(call, ['low', 'high', 'q'], keys, file);
    return [low!, high!, stepOf(q!, keys, file)];
  };
  switch (call.call) {
    case 'uniform':
      return unchanged(float(...ends()));
    case 'loguniform': {
      const { ends: range, note } = exponentials(...ends(), 'hp.loguniform');
      return { param: float(...range, { log: true }), notes: [note] };
    }
    case 'quniform':
      return roundedSteps(...stepped());
    case 'qloguniform': {
      const [low, high, q] = stepped();
      const { ends: range, note } = exponentials(low, high, 'hp.qloguniform');
      return logRounded(float(...range, { log: true }), q, [note]);
    }
    case 'uniformint':
      return unchanged(int(...ends()));
    case 'int_quniform':
    case 'int_uniformint': {
      const [low, high, q] = stepped();
      const { notes } = roundedSteps(low, high, q);
      return { param: int(multipleOf(low, q), multipleOf(high, q), { step: q }), notes: q === 1 ? [] : notes };
    }
    case 'randint':
    case 'int_randint':
      return randint(call, keys, file);
    case 'normal':
    case 'qnormal':
    case 'lognormal':
    case 'qlognormal': {
      if (!approximate)
        throw refuse(`there is no hp.${call.call}`, 'a range has two ends: take hp.uniform, or three sigma around mu with --approximate');
      const isStepped = call.call.startsWith('q');
      const [mu, sigma, q] = numbersOf(call, ['mu', 'sigma', ...(isStepped ? ['q'] : [])], keys, file);
      return threeSigma(mu!, sigma!, { log: call.call.endsWith('lognormal'), q: isStepped ? stepOf(q!, keys, file) : null });
    }
    default:
      throw refuse(
        `${call.call} is nothing that a space here can have`,
        'take hp.uniform, hp.loguniform, hp.quniform, hp.uniformint, hp.randint or hp.choice; compute the rest in the objective',
      );
  }
}

function randint(call: DumpCall, keys: readonly string[], file: DumpReading['file']): Change {
  if (call.args.length !== 1) {
    const [low, high] = numbersOf(call, ['low', 'high'], keys, file);
    return { param: int(low!, high! - 1), notes: [`hp.randint excludes its upper end ${high}`] };
  }
  const n = numbersOf(call, ['n'], keys, file)[0]!;
  if (n >= 1 && n <= mostUnordered && Number.isInteger(n))
    return {
      param: choice(Array.from({ length: n }, (_, i) => i)),
      notes: [`hp.randint(${n}) has no order; where it has one, write int(0, ${n - 1})`],
    };
  return { param: int(0, n - 1), notes: [`hp.randint(${n}) has no order there, and excludes ${n}`] };
}
