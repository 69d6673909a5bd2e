import { createHash } from 'node:crypto';
import { isoTime } from '../iso-time.ts';

const idBytes = 12;

/**
 * The id of the n-th order of a decision: a function of the decision alone, so that an engine that is restarted and decides the same bar
 * again sends the same id, which a broker takes only once. `A-` and at most 19 characters.
 *
 * @param barEndMs epoch milliseconds at which the decided bar ended
 * @param n counted from 0 over the orders of one run, bar and symbol
 */
export function clientOrderId(run: string, barEndMs: number, symbol: string, n: number): string {
  const named = `${run}|${isoTime(barEndMs)}|${symbol}|${n}`;
  const first = createHash('sha256').update(named).digest().subarray(0, idBytes);
  return `A-${BigInt(`0x${first.toString('hex')}`).toString(36)}`;
}
