import { daysGate, seedsGate } from './amount.ts';
import { beatsBaselineGate, beatsLinearGate } from './beats-baseline.ts';
import { causalGate, dataQualityGate, deterministicGate, lookAheadGate } from './checks.ts';
import { deflatedSharpeGate } from './deflated-sharpe.ts';
import { driftGate } from './drift.ts';
import { evidenceGate } from './evidence.ts';
import { foldsGate } from './folds.ts';
import { frictionGate, sprintFrictionGate } from './friction.ts';
import { type Evidence, type Gate, type GateResult, refuses } from './gate.ts';
import { overfitGate } from './overfit.ts';
import {
  capitalGate,
  paperCatastrophicGate,
  paperCostsGate,
  paperDrawdownGate,
  paperDrillGate,
  paperOneVersionGate,
  paperParityGate,
  paperPsrGate,
  paperSortinoGate,
  paperUptimeGate,
  paperWinDaysGate,
  paperWindowGate,
  paperWinTradesGate,
} from './paper.ts';
import { ablationGate, monthsGate, sortinoBandGate } from './phoenix.ts';
import { shapingGate } from './shaping.ts';
import { lossesGate, positionsGate, stepsTrainedGate } from './smoke.ts';
import { drawdownGate, returnGate, windowGate } from './sprint.ts';
import { sprintStabilityGate, stabilityGate } from './stability.ts';
import { stressGate } from './stress.ts';
import { vaultGate } from './vault.ts';

/** All gates that a gate policy may name, in the order of the results. tests/conformance/gate.ts runs over this list. */
export const gates = [
  seedsGate,
  daysGate,
  monthsGate,
  stepsTrainedGate,
  lossesGate,
  positionsGate,
  windowGate,
  returnGate,
  drawdownGate,
  sprintStabilityGate,
  sprintFrictionGate,
  dataQualityGate,
  lookAheadGate,
  causalGate,
  deterministicGate,
  frictionGate,
  stabilityGate,
  shapingGate,
  foldsGate,
  evidenceGate,
  beatsBaselineGate,
  beatsLinearGate,
  stressGate,
  ablationGate,
  deflatedSharpeGate,
  overfitGate,
  driftGate,
  sortinoBandGate,
  vaultGate,
  paperWindowGate,
  paperSortinoGate,
  paperDrawdownGate,
  paperWinDaysGate,
  paperWinTradesGate,
  paperCatastrophicGate,
  capitalGate,
  paperParityGate,
  paperUptimeGate,
  paperDrillGate,
  paperOneVersionGate,
  paperCostsGate,
  paperPsrGate,
] as const;

/** Results of all gates; `passed` is true only if no gate refuses, and there is at least one that could. */
export function checkGates(
  asked: readonly Gate[],
  evidence: Evidence,
): { readonly passed: boolean; readonly gateResults: readonly GateResult[] } {
  const gateResults = asked.map((gate) => gate.check(evidence));
  return { passed: passesAll(gateResults), gateResults };
}

/** True if no result refuses a promotion, and there is at least one that could: warnings alone promote nothing. */
export function passesAll(gateResults: readonly Parameters<typeof refuses>[0][]): boolean {
  return gateResults.some(({ severity }) => severity !== 'warn') && !gateResults.some(refuses);
}

export type { Evidence, Gate, GateResult } from './gate.ts';
export { refuses } from './gate.ts';
