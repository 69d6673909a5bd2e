import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { sessionCalendarOf } from '../../market/calendars/index.ts';
import { listDatasets } from '../../market/store/read.ts';
import type { EquityFold, EquityLine, EquityRead } from '../../storage/validations/read-equity.ts';
import type { Equity } from '../routes/charts/equity.ts';
import { keptPlaces } from './kept-places.ts';
import { drawn } from './numbers.ts';

export interface EquityAsked {
  readonly steps: boolean;
  /** Points of one line. */
  readonly maxPoints: number;
  /** Where data sets lie, for the dates of the days. */
  readonly dataDir: string;
}

/** Points of all lines together, so that an answer stays small. */
const mostPoints = 2000;

/** Equity and drawdown of each line, compounded from its net returns; a fold begins with an account of 1. */
export function equityOf(read: EquityRead, { steps, maxPoints, dataDir }: EquityAsked): Omit<Equity, 'nonFinite'> {
  const lines = read.folds.reduce((sum, fold) => sum + fold.lines.length, 0);
  const most = Math.max(4, Math.min(maxPoints, Math.floor(mostPoints / Math.max(1, lines))));
  return {
    address: read.address,
    steps,
    drawdownLimit: Number.isFinite(read.drawdownLimit) ? read.drawdownLimit : null,
    worstSeed: read.worstSeed,
    folds: read.folds.map((fold) => {
      const paths = fold.lines.map((line) => ({ line, equity: compounded(line.returns) }));
      const points = Math.max(0, ...paths.map(({ equity }) => equity.length));
      // One choice of points for all lines of a fold: those of the first, which is the policy's first seed.
      const index = paths.length === 0 ? [] : keptPlaces({ values: paths[0]!.equity }, most);
      const dates = steps ? null : knownDates(fold, points, dataDir);
      return {
        fold: fold.fold,
        testStart: fold.testStart.toISOString(),
        testEnd: fold.testEnd.toISOString(),
        points,
        dates: dates === null ? null : index.map((at) => dates[at]!),
        index: [...index],
        lines: paths.map(({ line, equity }) => lineOf(line, equity, index)),
      };
    }),
  };
}

function lineOf(
  { subject, seed, costs, earlyTerminations }: EquityLine,
  equity: Float64Array,
  index: readonly number[],
): Equity['folds'][number]['lines'][number] {
  const falls = drawdownsOf(equity);
  const at = (values: Float64Array): (number | null)[] => drawn(index.map((place) => values[place] ?? Number.NaN));
  return {
    subject,
    seed,
    equity: at(equity),
    drawdown: at(falls),
    costs: costs === null ? null : drawn(index.map((place) => (costs * (place + 1)) / equity.length)),
    totalReturn: equity.length === 0 ? 0 : equity.at(-1)! - 1,
    maxDrawdown: falls.reduce((most, fall) => (Number.isNaN(fall) ? fall : Math.max(most, fall)), 0),
    earlyTerminations,
  };
}

/** The account after each return. */
export function compounded(returns: ArrayLike<number>): Float64Array {
  const equity = new Float64Array(returns.length);
  let account = 1;
  for (let i = 0; i < equity.length; i++) {
    account *= 1 + returns[i]!;
    equity[i] = account;
  }
  return equity;
}

/** The fall from the highest account so far, the first of 1 included. */
export function drawdownsOf(equity: Float64Array): Float64Array {
  let peak = 1;
  return equity.map((account) => {
    peak = Math.max(peak, account);
    return 1 - account / peak;
  });
}

/** As {@link datesOf}; null also where a data set here cannot be read, or its calendar does not cover the test: dates are labels. */
function knownDates(fold: EquityFold, days: number, dataDir: string): readonly string[] | null {
  try {
    return datesOf(fold, days, dataDir);
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}

/** Dates of the sessions of a test, from the calendar of its data; null where the data are not here, or the days are others. */
function datesOf({ testStart, testEnd, data }: EquityFold, days: number, dataDir: string): readonly string[] | null {
  const calendar = calendarOf(data, dataDir);
  if (calendar === null) return null;
  const dates: string[] = [];
  // A session may be labelled by the day after the one on which it begins.
  for (let ms = testStart.getTime() - dayMs; ms < testEnd.getTime() + dayMs; ms += dayMs) {
    const session = calendar.sessionOf(new Date(ms).toISOString().slice(0, 10));
    if (session !== null && session.openMs >= testStart.getTime() && session.openMs < testEnd.getTime()) dates.push(session.date);
  }
  return dates.length === days ? dates : null;
}

const dayMs = 86_400_000;

function calendarOf(data: EquityFold['data'], dataDir: string): SessionCalendar | null {
  const manifest = listDatasets(dataDir).find(({ name, hash }) => data.some((one) => one.name === name && one.hash === hash));
  const id = manifest === undefined ? null : typeof manifest.calendar === 'string' ? manifest.calendar : manifest.calendar.id;
  return id === null || id === 'from-data' ? null : sessionCalendarOf(id);
}
