import { z } from 'zod';
import { probabilisticSharpe, sampleOf } from '../deflated-sharpe.ts';
import { annualSortino, winRate } from '../metrics.ts';
import { daysPerYear, orReason, sayProbability, sayRatio, saySharpe, unknown } from './daily.ts';
import { defineGate, type Observed } from './define-gate.ts';
import type { Evidence } from './gate.ts';
import { drawdown, probability, share, wholeFrom } from './numbers.ts';
import type { PaperEvidence } from './paper-evidence.ts';
import { tenDaysTellLittle } from './ten-days.ts';
import { count, percent } from './worst.ts';

/** The rules of going live (second source, phases 4 and 5; specification LIVE, section 6), over one run of paper trading. */

const source = 'LIVE, 6';

/** What a rule observes of the run, or what is missing; each verdict says how often was tried. */
function ofRun(evidence: Evidence, observe: (run: PaperEvidence) => Observed): Observed {
  const { paper } = evidence;
  if (paper === null)
    return unknown('no run of paper trading is recorded for this model, from a start registered in the ledger to its end');
  const { observed, because, refused } = orReason(() => observe(paper));
  const attempts = `attempt ${count(paper.attempts)} of this model; ${count(paper.modelsThisQuarter)} models on paper this quarter`;
  return { observed, because: `${because} (${attempts})`, ...(refused !== undefined && { refused }) };
}

export const paperWindowGate = defineGate({
  id: 's2-paper-window',
  rule: 1,
  asks: 'calendar days of the whole run from its registered start, and complete sessions',
  source,
  numbers: z.strictObject({
    minimumDays: wholeFrom(1, 'calendar days of paper trading, inclusive'),
    minimumSessions: wholeFrom(1, 'complete sessions of paper trading, inclusive'),
  }),
  op: '>=',
  threshold: ({ minimumDays }) => minimumDays,
  observe: (evidence, { minimumSessions }) =>
    ofRun(evidence, ({ startedAt, endedAt, completeSessions, registered }) => {
      const days = (endedAt - startedAt) / 86_400_000;
      const because = `${sayRatio(days)} calendar days and ${count(completeSessions)} complete sessions, of which ${minimumSessions} are needed${registered ? '' : '; the start was not registered before the first bar'}`;
      return { observed: days, because, refused: !registered || !(completeSessions >= minimumSessions) };
    }),
});

export const paperSortinoGate = defineGate({
  id: 's2-paper-sortino',
  rule: 1,
  asks: 'annual Sortino ratio of all daily net returns, target 0',
  source,
  numbers: z.strictObject({ above: z.number().meta({ description: 'annual Sortino ratio, exclusive' }) }),
  op: '>',
  threshold: ({ above }) => above,
  observe: (evidence) =>
    ofRun(evidence, ({ dailyReturns }) => {
      const observed = annualSortino(dailyReturns, daysPerYear);
      const because = Number.isNaN(observed)
        ? `${dailyReturns.length} days have no Sortino ratio: none lost, or they do not vary`
        : `annual Sortino ${sayRatio(observed)} over ${dailyReturns.length} days`;
      return { observed, because };
    }),
});

export const paperDrawdownGate = defineGate({
  id: 's2-paper-drawdown',
  rule: 1,
  asks: 'largest fall of the liquidation value from its peak, at every bar and fill, the start included',
  source,
  numbers: z.strictObject({ below: drawdown('largest fall from the peak, exclusive') }),
  op: '<',
  threshold: ({ below }) => below,
  observe: (evidence) =>
    ofRun(evidence, ({ navs }) => {
      // 1 - 0.95 is 0.050000000000000044 in binary; a fall that meets the bound exactly must read as the bound.
      const observed = Math.round(fallOf(navs) * 1e12) / 1e12;
      return {
        observed,
        because: Number.isNaN(observed) ? 'the path of the account is not recorded' : `the account fell by ${percent(observed)} at most`,
      };
    }),
});

/** Largest fall from the peak of a path of values; NaN without one, or where a value is NaN or not above 0. */
function fallOf(navs: readonly number[]): number {
  if (navs.length === 0 || navs.some((nav) => !(nav > 0))) return Number.NaN;
  let peak = 0;
  return navs.reduce((fall, nav) => {
    peak = Math.max(peak, nav);
    return Math.max(fall, 1 - nav / peak);
  }, 0);
}

export const paperWinDaysGate = defineGate({
  id: 's2-paper-win-days',
  rule: 1,
  asks: 'positive days among those that are not zero',
  source,
  numbers: z.strictObject({ above: share('share of positive days, exclusive') }),
  op: '>',
  threshold: ({ above }) => above,
  observe: (evidence) =>
    ofRun(evidence, ({ dailyReturns }) => {
      const observed = winRate(dailyReturns);
      return { observed, because: `${percent(observed)} of the days with a return are positive` };
    }),
});

export const paperWinTradesGate = defineGate({
  id: 's2-paper-win-trades',
  rule: 1,
  asks: 'winning round trips among the closed ones, flat to flat, net of fees',
  source,
  numbers: z.strictObject({
    above: share('share of winning round trips, exclusive'),
    minimumTrades: wholeFrom(1, 'closed round trips below which the gate fails'),
  }),
  op: '>',
  threshold: ({ above }) => above,
  observe: (evidence, { minimumTrades }) =>
    ofRun(evidence, ({ trades }) => {
      if (trades.length < minimumTrades)
        return unknown(`${count(trades.length)} closed round trips are too few: ${minimumTrades} are needed`);
      const observed = trades.some(({ netPnl }) => Number.isNaN(netPnl))
        ? Number.NaN
        : trades.filter(({ netPnl }) => netPnl > 0).length / trades.length;
      return { observed, because: `${percent(observed)} of ${count(trades.length)} closed round trips won` };
    }),
});

export const paperCatastrophicGate = defineGate({
  id: 's2-paper-catastrophic',
  rule: 1,
  asks: 'catastrophic incidents; halts by an operator are listed, drills do not count',
  source,
  numbers: z.strictObject({}),
  op: '==',
  threshold: () => 0,
  observe: (evidence) =>
    ofRun(evidence, ({ incidents }) => {
      const codesOf = (kind: string): readonly string[] => incidents.filter((one) => one.kind === kind).map(({ code }) => code);
      const [bad, halts] = [codesOf('catastrophic'), codesOf('operator')];
      const because = `${bad.length === 0 ? 'no catastrophic incident' : `catastrophic: ${bad.join(', ')}`}${halts.length === 0 ? '' : `; halted by an operator: ${halts.join(', ')}`}`;
      return { observed: bad.length, because };
    }),
});

export const capitalGate = defineGate({
  id: 's2-capital',
  rule: 1,
  asks: 'capital of the deployment; its instrument and number of contracts as well',
  source,
  numbers: z.strictObject({
    usd: z.number().gt(0).meta({ description: 'capital in USD, exactly' }),
    instrument: z.string().min(1).meta({ description: 'instrument that is traded' }),
    contracts: wholeFrom(1, 'contracts, exactly'),
  }),
  op: '==',
  threshold: ({ usd }) => usd,
  observe: (evidence, { instrument, contracts }) =>
    ofRun(evidence, ({ deployment: of }) => ({
      observed: of.capitalUsd,
      because: `${count(of.capitalUsd)} USD and ${of.contracts} ${of.instrument}, where ${contracts} ${instrument} is asked`,
      refused: of.instrument !== instrument || of.contracts !== contracts,
    })),
});

export const paperParityGate = defineGate({
  id: 's2-paper-parity',
  rule: 1,
  asks: 'decisions that differ from those of a backtest on the same bars',
  source: `${source}; ours`,
  numbers: z.strictObject({}),
  op: '==',
  threshold: () => 0,
  observe: (evidence) =>
    ofRun(evidence, ({ parityMismatches }) => ({
      observed: parityMismatches,
      because: `${count(parityMismatches)} decisions differ from the backtest`,
    })),
});

export const paperUptimeGate = defineGate({
  id: 's2-paper-uptime',
  rule: 1,
  asks: 'share of the minutes of the sessions in which the engine was up',
  source: `${source}; ours`,
  numbers: z.strictObject({ minimum: share('share of the minutes of the sessions, inclusive') }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence) =>
    ofRun(evidence, ({ upMinutes, sessionMinutes }) => ({
      observed: upMinutes / sessionMinutes,
      because: `the engine was up in ${count(upMinutes)} of ${count(sessionMinutes)} minutes`,
    })),
});

export const paperDrillGate = defineGate({
  id: 's2-paper-drill',
  rule: 1,
  asks: 'drills of the kill switch that succeeded',
  source: `${source}; ours`,
  numbers: z.strictObject({ minimum: wholeFrom(1, 'successful drills, inclusive') }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence) =>
    ofRun(evidence, ({ successfulDrills }) => ({ observed: successfulDrills, because: `${count(successfulDrills)} drills succeeded` })),
});

export const paperOneVersionGate = defineGate({
  id: 's2-paper-one-version',
  rule: 1,
  asks: 'policies and configurations of the run, by hash: the larger number',
  source: `${source}; ours`,
  numbers: z.strictObject({}),
  op: '==',
  threshold: () => 1,
  observe: (evidence) =>
    ofRun(evidence, ({ policyHashes, configHashes }) => {
      const [policies, configs] = [new Set(policyHashes).size, new Set(configHashes).size];
      return {
        observed: Math.max(policies, configs),
        because: `${policies} policies and ${configs} configurations ran`,
        refused: policies !== 1 || configs !== 1,
      };
    }),
});

export const paperCostsGate = defineGate({
  id: 's2-paper-costs',
  rule: 1,
  asks: 'realised costs over those of the cost model',
  source: `${source}; ours`,
  numbers: z.strictObject({ maximumRatio: z.number().gt(0).meta({ description: 'realised costs over modelled ones, inclusive' }) }),
  op: '<=',
  threshold: ({ maximumRatio }) => maximumRatio,
  observe: (evidence) =>
    ofRun(evidence, ({ realisedCost, modelledCost }) => ({
      observed: realisedCost / modelledCost,
      because: `${count(realisedCost)} was paid, where the model says ${count(modelledCost)}`,
    })),
});

/** Two weeks show that the plant works, not that the model earns: shown always, needed beyond one contract. */
export const paperPsrGate = defineGate({
  id: 's2-paper-psr',
  rule: 1,
  asks: 'probability that the true Sharpe ratio of all paper days is above 0; always shown, needed beyond one contract',
  source: `${source}; Bailey and Lopez de Prado 2012`,
  numbers: z.strictObject({
    minimum: probability('probability that the true Sharpe ratio is above 0, inclusive'),
    minimumDays: wholeFrom(2, 'daily returns that are needed to go beyond one contract'),
  }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence, { minimumDays }) =>
    ofRun(evidence, ({ dailyReturns }) => {
      const observed = probabilisticSharpe(sampleOf(dailyReturns), 0);
      const few = dailyReturns.length < minimumDays ? `, of which ${minimumDays} are needed beyond one contract` : '';
      const because = `${sayProbability(observed)} that it earns more than 0, by ${dailyReturns.length} days${few}; ${saySharpe(dailyReturns, daysPerYear)}. ${tenDaysTellLittle}`;
      return { observed, because, refused: dailyReturns.length < minimumDays };
    }),
});
