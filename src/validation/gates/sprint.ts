import type { Json } from '../../core/json.ts';
import { maxDrawdown, totalReturn } from '../metrics.ts';
import { type Evidence, type Gate, holds, type SeedEvidence, type Verdict, versionOf } from './gate.ts';
import { count, percent, saySeed, stepReturnsOf, worstSeed } from './worst.ts';

/**
 * The gates of the dual-ticker sprint (first source, G1 to G4 and G14): at least 1 % return, at most 2 % drawdown, no early
 * termination, with friction, on an evaluation of 20,000 steps. Bounds are inclusive. The figures are those of exactly the
 * first 20,000 out-of-sample steps of each seed, so a longer walk cannot choose its window; early terminations and
 * friction count over all of them.
 */

export interface WindowRule {
  /** Out-of-sample steps that the figures are taken over. */
  readonly steps: number;
}

export function windowGate({ steps }: WindowRule): Gate {
  const id = 's1-window';
  return make(id, { steps }, '>=', steps, (evidence) => {
    const { seed, value } = worstSeed(evidence, 'higher', stepCount);
    const of = Number.isNaN(value) ? 'no' : count(value);
    return {
      observed: value,
      because: `${of} out-of-sample steps were judged and ${count(steps)} are needed (${saySeed(evidence, seed)})`,
    };
  });
}

export function returnGate({ minimum, steps }: WindowRule & { readonly minimum: number }): Gate {
  return make('s1-return', { minimum, steps }, '>=', minimum, (evidence) => {
    const { seed, value } = worstSeed(evidence, 'higher', (one) => within(one, steps, totalReturn));
    return { observed: value, because: `net return of ${sayFigure(evidence, seed, value, steps, totalReturn)}` };
  });
}

export function drawdownGate({ maximum, steps }: WindowRule & { readonly maximum: number }): Gate {
  return make('s1-drawdown', { maximum, steps }, '<=', maximum, (evidence) => {
    const { seed, value } = worstSeed(evidence, 'lower', (one) => within(one, steps, maxDrawdown));
    return { observed: value, because: `largest drawdown of ${sayFigure(evidence, seed, value, steps, maxDrawdown)}` };
  });
}

/**
 * No episode was ended early, under a drawdown limit that is at least as strict as the one asked for: a limit of 100 % ends nothing
 * and shows nothing. `observed` counts the endings of the worst seed.
 */
export function stabilityGate({ maximumDrawdown }: { readonly maximumDrawdown: number }): Gate {
  return make('s1-stability', { maximumDrawdown }, '==', 0, (evidence) => {
    const { seed, value } = worstSeed(evidence, 'lower', ({ folds }) =>
      folds.length === 0 ? Number.NaN : folds.reduce((sum, fold) => sum + fold.earlyTerminations, 0),
    );
    const limits = evidence.seeds.flatMap(({ folds }) => folds.map((fold) => fold.drawdownLimit));
    const loose = limits.find((limit) => !(limit <= maximumDrawdown));
    if (loose !== undefined) {
      const because = `episodes were ended at a drawdown of ${percent(loose)} only; a limit of at most ${percent(maximumDrawdown)} is needed`;
      return { observed: value, because, refused: true };
    }
    const times = value === 1 ? 'once' : `${value} times`;
    const because = value === 0 ? 'the drawdown limit never ended an episode' : `the drawdown limit ended an episode ${times}`;
    return { observed: value, because: `${Number.isNaN(value) ? 'nothing was judged' : because} (${saySeed(evidence, seed)})` };
  });
}

/** A single training may be luck: so many seeds must have been judged. */
export function seedsGate({ minimumSeeds }: { readonly minimumSeeds: number }): Gate {
  return make('seeds', { minimumSeeds }, '>=', minimumSeeds, ({ seeds }) => {
    const judged = new Set(seeds.map(({ seed }) => seed)).size;
    return { observed: judged, because: `${judged} of at least ${minimumSeeds} seeds were judged` };
  });
}

export interface FrictionRule {
  readonly transactionBp: number;
  readonly impactBp: number;
}

/**
 * Costs were charged. The source asks for 1.0 bp and a penalty of 2.0 bp that exists nowhere else in it; its
 * configuration charges 1.0 bp and an impact of 0.5 bp, so that is what this gate asks for by default: each rate at
 * least as high on every fold, and something paid wherever something was traded. `observed` is the lowest sum of the
 * two rates.
 */
export function frictionGate({ transactionBp, impactBp }: FrictionRule): Gate {
  const threshold = transactionBp + impactBp;
  const version = versionOf(1, { transactionBp, impactBp });
  const gate: Omit<Gate, 'check'> = { id: 's1-friction', version };
  return {
    ...gate,
    check: (evidence) => {
      const folds = evidence.seeds.flatMap((seed) => seed.folds);
      const charged = folds.map(({ friction }) => friction.transactionBp + friction.impactBp);
      const observed = folds.length === 0 || charged.some(Number.isNaN) ? Number.NaN : Math.min(...charged);
      const ratesHold = folds.every(({ friction }) => friction.transactionBp >= transactionBp && friction.impactBp >= impactBp);
      const unpaid = folds.filter(({ metrics, friction }) => !(friction.paid > 0) && metrics['turnover'] !== 0).length;
      const passed = folds.length > 0 && ratesHold && unpaid === 0 && holds(observed, '>=', threshold);
      const rates = `${transactionBp} bp per trade and ${impactBp} bp market impact`;
      const because =
        unpaid > 0
          ? `${unpaid} of ${folds.length} judgements traded without paying`
          : passed
            ? `at least ${rates} were charged on all ${folds.length} judgements`
            : `${rates} are needed on every judgement`;
      return { gate: gate.id, version, passed, observed, threshold, op: '>=', because };
    },
  };
}

/** `refused`: the figure means nothing here, whatever it is. */
function make(
  id: string,
  numbers: Json,
  op: Verdict['op'],
  threshold: number,
  look: (evidence: Evidence) => { readonly observed: number; readonly because: string; readonly refused?: boolean },
): Gate {
  const version = versionOf(1, numbers);
  return {
    id,
    version,
    check: (evidence) => {
      const { observed, because, refused = false } = look(evidence);
      return { gate: id, version, passed: !refused && holds(observed, op, threshold), observed, threshold, op, because };
    },
  };
}

function stepCount({ folds }: SeedEvidence): number {
  return folds.reduce((sum, fold) => sum + fold.stepReturns.length, 0);
}

/**
 * A figure over exactly `steps` steps; NaN where there are fewer, so that a short walk passes nothing. Rounded to 12
 * decimals: 1 - 0.98 is 0.020000000000000018 in binary, and a bound that is met exactly must pass.
 */
function within(seed: SeedEvidence, steps: number, figure: (returns: Float64Array) => number): number {
  const returns = stepReturnsOf(seed, steps);
  return returns.length < steps ? Number.NaN : Math.round(figure(returns) * 1e12) / 1e12;
}

/** The figure with its window; of a walk that is too short, what it shows all the same. */
function sayFigure(evidence: Evidence, seed: number, value: number, steps: number, figure: (returns: Float64Array) => number): string {
  const judged = evidence.seeds.find((one) => one.seed === seed);
  const short = judged !== undefined && stepCount(judged) < steps;
  const known = short ? figure(stepReturnsOf(judged)) : value;
  const window = short
    ? `only ${count(stepCount(judged))} out-of-sample steps, where ${count(steps)} are needed`
    : `the first ${count(steps)} out-of-sample steps`;
  return `${percent(known)} over ${window} (${saySeed(evidence, seed)})`;
}
