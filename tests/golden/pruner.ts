import type { Json } from '../../src/core/json.ts';
import type { AlgorithmRef } from '../../src/search/algorithm.ts';
import { prunerOf } from '../../src/search/pruners/index.ts';
import type { PeerCurve } from '../../src/search/pruners/pruner.ts';
import type { Direction } from '../../src/search/trial/history.ts';
import type { GoldenNumber } from './read.ts';

/** A golden file of a pruner: trials that start, report and end in a fixed order, with the reference's decision after each report. */
export interface PrunerGolden {
  readonly id: string;
  readonly pruner: GoldenPruner;
  readonly study_name: string;
  readonly direction: Direction;
  readonly events: readonly PrunerEvent[];
}

type PrunerEvent =
  | { readonly op: 'start'; readonly trial: number }
  | { readonly op: 'report'; readonly trial: number; readonly step: number; readonly value: GoldenNumber; readonly prune: boolean }
  | { readonly op: 'end'; readonly trial: number; readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL'; readonly value: GoldenNumber | null };

const optionNames: Readonly<Record<string, string>> = {
  n_startup_trials: 'startupTrials',
  n_warmup_steps: 'warmupSteps',
  interval_steps: 'intervalSteps',
  n_min_trials: 'minPeers',
  min_resource: 'minResource',
  max_resource: 'maxResource',
  reduction_factor: 'reductionFactor',
  min_early_stopping_rate: 'minEarlyStoppingRate',
  bootstrap_count: 'bootstrapCount',
  min_delta: 'minDelta',
  p_threshold: 'pThreshold',
  n_startup_steps: 'startupSteps',
};

const stateNames = { COMPLETE: 'complete', PRUNED: 'pruned', FAIL: 'failed' } as const;

interface ReplayedCurve {
  number: number;
  state: PeerCurve['state'];
  steps: number[];
  values: number[];
  value?: number;
  note: Json;
}

/** Replays the events and returns the disagreements as text, empty if there are none. */
export function checkPruner(golden: PrunerGolden): readonly string[] {
  const pruner = prunerOf(refOf(golden.pruner, golden.study_name));
  const curves = new Map<number, ReplayedCurve>();
  const faults: string[] = [];
  golden.events.forEach((event, at) => {
    if (event.op === 'start') {
      curves.set(event.trial, { number: event.trial, state: 'running', steps: [], values: [], note: null });
      return;
    }
    const curve = curves.get(event.trial)!;
    if (event.op === 'end') {
      curve.state = stateNames[event.state];
      if (event.state === 'COMPLETE') curve.value = Number(event.value);
      return;
    }
    curve.steps.push(event.step);
    curve.values.push(Number(event.value));
    const decision = pruner.decide(
      curve,
      [...curves.values()].filter((other) => other !== curve),
      golden.direction,
    );
    if (decision.note !== undefined) curve.note = decision.note;
    if (decision.prune !== event.prune)
      faults.push(
        `event ${at}, trial ${event.trial} at step ${event.step}: ${decision.prune ? decision.reason : 'kept'}, not ${event.prune}`,
      );
  });
  return faults;
}

const exactPeers = (): object => ({ countPruned: false, interpolate: false });

/**
 * Options that restore the reference's behaviour where defaults differ: it compares with complete trials at exact steps, and hashes
 * trials into brackets.
 */
const referenceOptions: Readonly<Record<string, (studyName: string) => object>> = {
  median: exactPeers,
  percentile: exactPeers,
  hyperband: (studyName) => ({ assign: 'hash', studyName }),
};

interface GoldenPruner {
  readonly type: string;
  readonly [option: string]: unknown;
}

function refOf({ type, ...rest }: GoldenPruner, studyName: string): AlgorithmRef {
  const entries = Object.entries(rest).map(([name, value]) => [
    optionNames[name] ?? name,
    name === 'wrapped' && value !== null ? refOf(value as GoldenPruner, studyName) : value,
  ]);
  const reference = referenceOptions[type]?.(studyName);
  return { id: type.replaceAll('_', '-'), options: { ...Object.fromEntries(entries), ...reference } as Json };
}
