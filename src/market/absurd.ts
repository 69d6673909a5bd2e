import { AssayError } from '../core/errors.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import { createRobustDeviation } from './robust-deviation.ts';
import { sessionOfBar } from './sessions.ts';
import { type Split, splitBetween } from './splits.ts';
import type { BarStream } from './stream.ts';

/** Largest plausible price in any currency; its inverse is the smallest. */
const largestPrice = 1e12;
/** Largest plausible volume of a bar. */
const largestVolume = 1e18;
/** Ratio of neighbouring prices, either way, from which on a misplaced decimal point or a split is assumed. */
const slip = 10;
/** A return beyond this number of standard deviations is a jump; the deviation is estimated from the median absolute deviation. */
const jumpDeviations = 20;
/** Log return that is never a jump: prices move in ticks, and the deviation of an asset that rarely trades is 0. */
const smallestJump = 0.01;
/** Largest share of bars of an import that may be jumps; {@link alwaysAllowedJumps} are allowed in any case. */
const mostJumpShare = 0.005;
const alwaysAllowedJumps = 10;
/** Prices that are all whole multiples of this, and all above {@link leastFixedPoint}, are integers of 1e-9. */
const fixedPointStep = 10_000;
const leastFixedPoint = 1e8;

/** A bar that stands for others like it. */
interface Witness {
  readonly timeMs: number;
  /** Close of the bar before it. */
  readonly before: number;
}

/** Bars with values that are implausible in any market. */
export interface AbsurdBars {
  readonly bars: number;
  /** Number of close-to-close returns within a session beyond 20 robust standard deviations and 1 %, and of prices 10 times the last close or a tenth of it. */
  readonly jumps: number;
  /** Number of bars with a price above 1e12 or below 1e-12, or a volume above 1e18. */
  readonly huge: number;
  /** First bar with a price 10 times the last close or a tenth of it (null if none). */
  readonly firstSlip: Witness | null;
  /** First bar of `huge` (null if none). */
  readonly firstHuge: Witness | null;
  /** True if every price looks like an integer of 1e-9, as some vendors write prices. */
  readonly isFixedPoint: boolean;
  /** True if no bar has a volume. */
  readonly isWithoutVolume: boolean;
  /** Changes between sessions that look like a split. */
  readonly splits: readonly Split[];
}

/** Finds implausible bars, in constant memory: reads the stream twice. */
export function absurdBars(stream: BarStream, calendar: SessionCalendar): AbsurdBars {
  const deviation = createRobustDeviation();
  for (const { within } of steps(stream, calendar)) deviation.add(within);
  const limit = Math.max(jumpDeviations * deviation.deviation(), smallestJump);

  let [bars, jumps, huge] = [0, 0, 0];
  let firstSlip: Witness | null = null;
  let firstHuge: Witness | null = null;
  let isFixedPoint = true;
  let isWithoutVolume = true;
  const splits: Split[] = [];
  for (const { timeMs, open, high, low, volume, before, within, session } of steps(stream, calendar)) {
    bars++;
    const isSlip = high >= slip * before || low <= before / slip;
    if (isSlip) firstSlip ??= { timeMs, before };
    if (isSlip || Math.abs(within) > limit) jumps++;
    const split = Number.isNaN(within) && session !== null ? splitBetween(before, open, session.date) : null;
    if (split !== null) splits.push(split);
    if (volume !== 0) isWithoutVolume = false;
    if (low < leastFixedPoint || open % fixedPointStep !== 0 || high % fixedPointStep !== 0) isFixedPoint = false;
    if (high <= largestPrice && low >= 1 / largestPrice && volume <= largestVolume) continue;
    huge++;
    firstHuge ??= { timeMs, before };
  }
  return {
    bars,
    jumps,
    huge,
    firstSlip,
    firstHuge,
    isFixedPoint: isFixedPoint && bars > 0,
    isWithoutVolume: isWithoutVolume && bars > 0,
    splits,
  };
}

interface Step {
  timeMs: number;
  open: number;
  high: number;
  low: number;
  volume: number;
  /** Close of the bar before; of the first bar its own. */
  before: number;
  /** Log return from the close before, NaN where that belongs to another session. */
  within: number;
  /** Null outside of sessions, and for the first bar, which has none before it. */
  session: Session | null;
}

/** The bars of a stream, each beside the one before it. The same object is yielded each time. */
function* steps(stream: BarStream, calendar: SessionCalendar): Generator<Step> {
  const step: Step = { timeMs: 0, open: 0, high: 0, low: 0, volume: 0, before: Number.NaN, within: Number.NaN, session: null };
  let lastClose = Number.NaN;
  let lastSession: Session | null = null;
  for (const { time, open, high, low, close, volume } of stream.blocks())
    for (let row = 0; row < time.length; row++) {
      const session = sessionOfBar(calendar, time[row]!);
      const isFirst = Number.isNaN(step.before);
      step.timeMs = time[row]!;
      step.open = open[row]!;
      step.high = high[row]!;
      step.low = low[row]!;
      step.volume = volume[row]!;
      step.before = isFirst ? close[row]! : lastClose;
      step.within = !isFirst && session?.openMs === lastSession?.openMs ? Math.log(close[row]! / lastClose) : Number.NaN;
      step.session = isFirst ? null : session;
      yield step;
      lastClose = close[row]!;
      lastSession = session;
    }
}

/** What an import allows of what {@link absurdBars} finds. */
export interface AllowedAbsurdities {
  readonly jumps: 'refuse' | 'allow';
  /** `none`: the source has no volume, as in foreign exchange. */
  readonly volume?: 'required' | 'none';
}

/**
 * Refuses bars with values so extreme that they would dominate every statistic.
 * @throws AssayError `data_invalid` for a price 10 times its neighbour's, a huge price or volume, prices in units of 1e-9, jumps in more
 * than 0.5 % of the bars, and a volume of 0 throughout.
 */
export function refuseAbsurd(found: AbsurdBars, file: string, allowed: AllowedAbsurdities = { jumps: 'refuse' }): void {
  if (allowed.jumps === 'refuse') refuseJumps(found, file);
  if (found.isWithoutVolume && allowed.volume !== 'none' && allowed.jumps === 'refuse')
    throw new AssayError('data_invalid', 'the volume is 0 in every bar', { place: file, hint: allowHint });
}

const allowHint = 'correct the file; if the values are right, import it with --jumps allow';

function refuseJumps({ bars, jumps, huge, firstSlip, firstHuge, isFixedPoint }: AbsurdBars, file: string): void {
  const at = ({ timeMs }: Witness): string => `${file}, bar at ${new Date(timeMs).toISOString()}`;
  if (firstHuge !== null)
    throw new AssayError('data_invalid', `${huge} of ${bars} bars hold a price or volume that is impossible in a market`, {
      place: at(firstHuge),
      hint: allowHint,
    });
  if (isFixedPoint)
    throw new AssayError(
      'data_invalid',
      `every price is a whole multiple of ${fixedPointStep} above ${leastFixedPoint}: they look like integers of 1e-9`,
      {
        place: file,
        hint: `divide the prices by 1e9; if they are right, import them with --jumps allow`,
      },
    );
  if (firstSlip !== null)
    throw new AssayError(
      'data_invalid',
      `a price is ${slip} times the last close of ${firstSlip.before}, or a tenth of it: a misplaced decimal point or a split`,
      { place: at(firstSlip), hint: allowHint },
    );
  if (jumps > Math.max(alwaysAllowedJumps, mostJumpShare * bars))
    throw new AssayError(
      'data_invalid',
      `${jumps} of ${bars} bars jump by more than ${jumpDeviations} deviations of the returns between them`,
      {
        place: file,
        hint: allowHint,
      },
    );
}
