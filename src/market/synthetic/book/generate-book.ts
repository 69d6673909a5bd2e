import { AssayError } from '../../../core/errors.ts';
import { createRng, type Rng } from '../../../core/rng.ts';
import type { Session } from '../../calendars/calendar.ts';
import { dateOfDay, dayOfDate } from '../../calendars/dates.ts';
import { globexEquity } from '../../calendars/globex-equity.ts';
import type { DbnRun } from '../../dbn/runs.ts';
import { minuteMs } from '../../local-time.ts';
import { regimeStream } from '../regimes.ts';
import { Ladder } from './ladder.ts';
import { MboWriter } from './mbo-writer.ts';
import { type BookParameters, mostEdge } from './parameters.ts';

/** Version of the generator; raise it whenever the same seed gives other events. */
export const bookGeneratorId = 'planted-flow@1';

const minuteNs = minuteMs * 1e6;
/** Mean number of times that the price of a minute goes one tick out and back. */
const bounces = 0.5;
/** Parts in which a minute's quiet flow arrives, and mean number of trades that move nothing. */
const flowParts = 6;
const quietTrades = 6;
/** Parts of a minute in nanoseconds: first the queue of the last one's quiet flow is left behind, then the price moves, then flow arrives. */
const parts = { leave: [5e6, 4e9], move: [4e9, 42e9], flow: [42e9, minuteNs - 5e6], all: [5e6, minuteNs - 5e6] } as const;

interface Step {
  readonly at: number;
  readonly run: (at: number) => void;
}

/**
 * Generates the orders of a future with a planted edge, as MBO records in the order of time.
 *
 * A minute ends with a quiet flow n, standard normal: contracts that join the bid's queue (or, negative, the ask's) and move nothing. The mid's
 * change in the next minute is `sigma * v * (c * n + sqrt(1 - c^2) * e)` with e standard normal, v the regime's volatility factor and
 * c = edge / {@link mostEdge}. The quiet flow is one part of the minute's `ofi`, the price's own move the other, so `ofi` foretells the next
 * change with the correlation `edge`, while past prices, which n is independent of, foretell nothing. The price moves by trades that sweep
 * a level; the other side follows after a pause that is longer in wild regimes. The mid ends each minute at most half a tick from its path.
 * The next minute begins with a tick out and back that leaves the queue of the quiet flow behind, where it is cancelled: taken from the best
 * level it would be a flow of its own in the other direction.
 *
 * Regimes, prices, flows and noise come from separate random streams: another edge gives the same flows and shocks.
 * @param onRun takes records in pieces whose memory is used again.
 * @throws AssayError `usage` for a number of sessions that is not a positive whole number and for an edge outside [0, mostEdge);
 * `data_invalid` for more sessions than the calendar knows.
 */
export function generateBook(parameters: BookParameters, seed: number | string, sessions: number, onRun: (run: DbnRun) => void): void {
  const { edge, tick, startPrice, ticksPerMinute, meanBlockMinutes, regimes } = parameters;
  if (!Number.isInteger(sessions) || sessions < 1)
    throw new AssayError('usage', `a book needs a positive whole number of sessions, not ${sessions}`);
  if (!(edge >= 0 && edge < mostEdge))
    throw new AssayError('usage', `an edge of ${edge} cannot be planted`, { hint: `it is a correlation from 0 to below ${mostEdge}` });
  const rng = createRng(seed);
  const nextRegime = regimeStream(regimes, meanBlockMinutes, rng.fork('regimes'));
  const [shocks, flows, noise] = ['shocks', 'flows', 'noise'].map((label) => rng.fork(label)) as [Rng, Rng, Rng];
  const coupling = edge / mostEdge;
  const rest = Math.sqrt(1 - coupling * coupling);
  const writer = new MboWriter(tick, onRun);
  let depthFactor = 1;
  const levelSize = (): number => 5 + Math.floor(-Math.log(noise.uniform()) * parameters.levelSize * depthFactor);
  let path = Math.round(startPrice / tick);
  const ladder = new Ladder(path, writer, levelSize);

  for (const { openMs, closeMs } of sessionsFrom(parameters.firstDate, sessions)) {
    let flow = 0;
    for (let minute = openMs; minute < closeMs; minute += minuteMs) {
      const { regime } = nextRegime();
      depthFactor = 1 / regime.volatilityFactor;
      writer.startAt(minute);
      if (minute === openMs) ladder.open(1_000_000);
      path += ticksPerMinute * regime.volatilityFactor * (coupling * flow + rest * shocks.normal());
      const left = flow;
      flow = flows.normal();
      const steps = [
        ...(minute === openMs ? [] : moves([left > 0, left <= 0], parts.leave, regime.volatilityFactor, ladder, noise)),
        ...priceSteps(Math.round(path) - ladder.bid, regime.volatilityFactor, ladder, noise),
        ...quietSteps(flow * parameters.quietFlow, ladder, noise),
        ...noiseSteps(parameters.noiseEvents * regime.volatilityFactor, ladder, noise),
      ];
      for (const { at, run } of steps.sort((a, b) => a.at - b.at)) run(Math.round(at));
    }
  }
  writer.flush();
}

/** The sessions from a date on. */
function sessionsFrom(firstDate: string, count: number): readonly Session[] {
  const found: Session[] = [];
  for (let day = dayOfDate(firstDate); found.length < count; day++) {
    const session = globexEquity.sessionOf(dateOfDay(day));
    if (session !== null) found.push(session);
  }
  return found;
}

function timeIn([from, to]: readonly [number, number], rng: Rng): number {
  return from + rng.uniform() * (to - from);
}

/** Moves of the price by one tick each: those to the new bid, and some out and back, in random order. */
function priceSteps(ticks: number, volatility: number, ladder: Ladder, rng: Rng): readonly Step[] {
  const ups: boolean[] = Array.from({ length: Math.abs(ticks) }, () => ticks > 0);
  for (let n = poisson(bounces * volatility, rng); n > 0; n--) {
    const isUp = rng.uniform() < 0.5;
    ups.splice(rng.int(ups.length + 1), 0, isUp, !isUp);
  }
  return moves(ups, parts.move, volatility, ladder, rng);
}

/** Moves by a tick at random times, each in a place of its own, so that the side that follows has done so before the next one. */
function moves(
  ups: readonly boolean[],
  [from, to]: readonly [number, number],
  volatility: number,
  ladder: Ladder,
  rng: Rng,
): readonly Step[] {
  const slot = (to - from) / ups.length;
  return ups.flatMap((isUp, i) => {
    const at = from + (i + 0.5 * rng.uniform()) * slot;
    const pause = Math.min(0.45 * slot, -Math.log(rng.uniform()) * 0.4e9 * volatility);
    return [
      { at, run: (time: number) => ladder.sweep(isUp, time) },
      { at: at + pause, run: (time: number) => ladder.follow(isUp, time) },
    ];
  });
}

function quietSteps(contracts: number, ladder: Ladder, rng: Rng): readonly Step[] {
  const size = Math.round(Math.abs(contracts) / flowParts);
  if (size === 0) return [];
  return Array.from({ length: flowParts }, () => ({
    at: timeIn(parts.flow, rng),
    run: (time: number) => ladder.queue(contracts > 0, 0, size, time),
  }));
}

/** Orders that come and go behind the best price, and small trades on both sides. */
function noiseSteps(mean: number, ladder: Ladder, rng: Rng): readonly Step[] {
  const orders = Array.from({ length: poisson(mean, rng) }, () => {
    const [isBid, rank, size] = [rng.uniform() < 0.5, 1 + rng.int(9), (rng.uniform() < 0.5 ? -1 : 1) * (1 + rng.int(12))];
    return { at: timeIn(parts.all, rng), run: (time: number) => ladder.queue(isBid, rank, size, time) };
  });
  const trades = Array.from({ length: 1 + poisson(quietTrades, rng) }, () => {
    const [isBuy, size] = [rng.uniform() < 0.5, 1 + rng.int(4)];
    return { at: timeIn(parts.all, rng), run: (time: number) => ladder.trade(isBuy, size, time) };
  });
  return [...orders, ...trades];
}

/** A Poisson number (Knuth's method, for small means). */
function poisson(mean: number, rng: Rng): number {
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = rng.uniform(); product > limit; product *= rng.uniform()) n++;
  return n;
}
