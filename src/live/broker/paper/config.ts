import { z } from 'zod';
import { AssayError } from '../../../core/errors.ts';
import { createRng } from '../../../core/rng.ts';

const milliseconds = z.number().min(0).max(60_000);

/** A fixed delay, or one drawn evenly between two bounds for each order. */
const delay = z.union([milliseconds, z.strictObject({ fromMs: milliseconds, toMs: milliseconds })]);

export const paperOptions = z.strictObject({
  /** `quotes`: fills at displayed quotes. `bars`: fills at the open of the next bar, as an account of an environment. */
  matching: z.enum(['quotes', 'bars']).default('quotes'),
  /** From the sending of an order to its arrival, of a cancel to its effect, of a report to its being seen. On bars there is none. */
  latency: z
    .strictObject({ insert: delay.default(20), cancel: delay.default(20), ack: delay.default(10), seed: z.string().default('paper') })
    .prefault({}),
  /** Age of a quote beyond which a market order is not taken. */
  staleMs: z.number().gt(0).default(2000),
  /** Ticks from the last trade (before the first one: from the opposite quote) beyond which nothing is filled and no limit is taken. */
  collarTicks: z.int().gt(0).default(20),
});

export type PaperOptions = Readonly<z.output<typeof paperOptions>>;

const nanosecondsPerMs = 1e6;

/** The delay of one step of one order, in nanoseconds: the same whenever it is asked for. */
export function delayOf({ matching, latency }: PaperOptions, step: 'insert' | 'cancel' | 'ack', key: string): bigint {
  if (matching === 'bars') return 0n;
  const given = latency[step];
  if (typeof given === 'number') return BigInt(Math.round(given * nanosecondsPerMs));
  const { fromMs, toMs } = given;
  if (toMs < fromMs) throw new AssayError('config_invalid', `the delay ${step} is drawn from ${fromMs} to ${toMs} ms: exchange the two`);
  return BigInt(Math.round((fromMs + createRng(`${latency.seed}/${step}/${key}`).uniform() * (toMs - fromMs)) * nanosecondsPerMs));
}
