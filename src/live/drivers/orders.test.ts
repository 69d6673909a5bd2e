import { describe, expect, test } from 'vitest';
import { bodies } from '../../../tests/fixtures/live/bodies.ts';
import { futureBars, futureEnvironment, futurePaper } from '../../../tests/fixtures/live/contracts.ts';
import { rememberingPolicy } from '../../../tests/fixtures/live/policies.ts';
import { walkBoth } from '../../../tests/fixtures/live/same-walk.ts';
import { wideLimits } from '../../../tests/fixtures/live/wide-limits.ts';
import { createRng } from '../../core/rng.ts';
import { withNoiseAfter } from '../../features/look-ahead.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { backtestEngine } from './backtest.ts';
import type { RunRecord } from './witness.ts';

const range = { from: 1, to: 8 };
const policy = rememberingPolicy(2, 1, 'session');
const parts = { run: 'test', features: bodies, fitted: null, environment: futureEnvironment, memory: policy.memory, policy: policy.engine };
const onPaper = (bars: AlignedBars, more: Partial<RiskLimits> = {}): Promise<RunRecord> =>
  backtestEngine(bars, range, { ...parts, paper: { options: futurePaper, limits: { ...wideLimits, ...more } } });

describe('orders to a broker on paper, on bars', () => {
  test('hold the contracts of the environment that trains, bar by bar, and its net asset value to the micro-dollar', async () => {
    const { walked } = await walkBoth({ bars: futureBars, range, features: bodies, environment: futureEnvironment, policy });
    const record = await onPaper(futureBars);
    expect([record.incidents, record.denials, record.changes]).toEqual([[], [], []]);
    expect(record.decisions.flatMap(({ action }) => action)).toEqual([...walked.actions]);
    const { time, barMs } = futureBars;
    const navOf = new Map(record.navs.map((nav) => [nav.barEndMs, nav]));
    const closing = new Set<number>();
    walked.rows.forEach((row, step) => {
      const { navMicros, lots } = navOf.get(time[row + 1]! + barMs)!;
      expect(lots, `row ${row + 1}`).toEqual([walked.shares[step]]);
      // What the session's last close costs is in the next session's first value.
      const closes = futureBars.session[row + 2] !== futureBars.session[row];
      if (closes) closing.add(row + 2);
      else expect(navMicros, `row ${row + 1}`).toBe(Math.round(walked.navs[step]! * 1e6));
      const next = navOf.get((time[row + 2] ?? Number.NaN) + barMs);
      if (closes && next !== undefined) expect(next.navMicros, `row ${row + 2}`).toBe(Math.round(walked.navs[step]! * 1e6));
    });
    expect(closing.size).toBe(7);
    expect(new Set(walked.shares).size).toBeGreaterThan(4);
    expect(record.reports.filter(({ report }) => report.kind === 'fill').length).toBe(record.orders.length);
  });

  test('end where the drawdown limit is broken: everything is closed, and nothing is decided any more', async () => {
    const record = await onPaper(futureBars, { maxDrawdown: 0.002 });
    expect(record.incidents).toMatchObject([{ code: 'kill-switch', because: 'drawdown' }]);
    expect(record.changes).toMatchObject([{ from: 'active', to: 'halted', causes: ['drawdown'], by: ['assay'] }]);
    const { barEndMs } = record.decisions.at(-1)!;
    const broken = record.navs.find((nav) => nav.barEndMs > barEndMs)!;
    expect(broken.lots).not.toEqual([0]);
    const after = record.navs.filter((nav) => nav.barEndMs > broken.barEndMs);
    expect(after.length).toBeGreaterThan(20);
    expect(after.every(({ lots }) => lots[0] === 0)).toBe(true);
  });

  test('of a future are for the contract of the bar, and a roll is no trade', async () => {
    const index = Float64Array.from(futureBars.session, (session) => (session >= 4 ? 1 : 0));
    const contracts = [{ names: ['MNQH4', 'MNQM4'], index, previousOpen: new Float64Array(index.length).fill(Number.NaN) }];
    const [plain, rolled] = [await onPaper(futureBars), await onPaper({ ...futureBars, contracts })];
    expect(rolled.incidents).toEqual([]);
    expect(rolled.navs.map(({ navMicros, lots }) => [navMicros, lots])).toEqual(plain.navs.map(({ navMicros, lots }) => [navMicros, lots]));
    const first = rolled.orders.findIndex((order) => order.symbol === 'MNQM4');
    expect(first).toBeGreaterThan(10);
    expect(new Set(rolled.orders.slice(0, first).map((order) => order.symbol))).toEqual(new Set(['MNQH4']));
    expect(new Set(rolled.orders.slice(first).map((order) => order.symbol))).toEqual(new Set(['MNQM4']));
  });

  test('repeated give the same ids and the same hash', async () => {
    const [first, second] = [await onPaper(futureBars), await onPaper(futureBars)];
    expect(second.hash).toBe(first.hash);
    expect(new Set(first.orders.map(({ id }) => id)).size).toBe(first.orders.length);
  });

  test('are the same up to a bar, fills included, whatever comes after it', async () => {
    const whole = await onPaper(futureBars);
    const rng = createRng('noise');
    const { time, barMs } = futureBars;
    // In a session, at the last decision of one, at its last bar, and at the next one's first.
    for (const row of [71, 88, 89, 90, 150]) {
      const untilMs = time[row]! + barMs;
      const changed = await onPaper(withNoiseAfter(futureBars, row, rng));
      const known = ({ decisions, orders, reports, navs }: RunRecord) => ({
        decisions: decisions.filter(({ barEndMs }) => barEndMs <= untilMs),
        navs: navs.filter(({ barEndMs }) => barEndMs <= untilMs),
        reports: reports.filter(({ seenAt }) => seenAt <= BigInt(untilMs) * 1_000_000n),
        orders: orders.slice(
          0,
          new Set(reports.filter(({ time: at }) => at <= BigInt(untilMs) * 1_000_000n).map(({ orderId }) => orderId)).size,
        ),
      });
      expect(known(changed), `row ${row}`).toEqual(known(whole));
      expect(changed.hash).not.toBe(whole.hash);
    }
  });
});
