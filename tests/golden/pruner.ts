import { prunerOf } from '../../src/search/pruners/index.ts';
import type { PeerCurve, Pruner } from '../../src/search/pruners/pruner.ts';
import type { Direction } from '../../src/search/trial/history.ts';
import type { GoldenNumber } from './read.ts';

/** A golden file of a pruner: trials that start, report and end in a fixed order, with the reference's decision after each report. */
export interface PrunerGolden {
  readonly id: string;
  readonly pruner: Readonly<Record<string, unknown>> & { readonly type: string };
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
  percentile: 'percentile',
};

const stateNames = { COMPLETE: 'complete', PRUNED: 'pruned', FAIL: 'failed' } as const;

interface ReplayedCurve {
  number: number;
  state: PeerCurve['state'];
  steps: number[];
  values: number[];
}

/** Replay the events: what disagrees, in words; nothing if all is well. */
export function checkPruner(golden: PrunerGolden): readonly string[] {
  const pruner = prunerFrom(golden);
  const curves = new Map<number, ReplayedCurve>();
  const faults: string[] = [];
  golden.events.forEach((event, at) => {
    if (event.op === 'start') {
      curves.set(event.trial, { number: event.trial, state: 'running', steps: [], values: [] });
      return;
    }
    const curve = curves.get(event.trial)!;
    if (event.op === 'end') {
      curve.state = stateNames[event.state];
      return;
    }
    curve.steps.push(event.step);
    curve.values.push(Number(event.value));
    const verdict = pruner.judge(
      curve,
      [...curves.values()].filter((other) => other !== curve),
      golden.direction,
    );
    if (verdict.prune !== event.prune)
      faults.push(
        `event ${at}, trial ${event.trial} at step ${event.step}: ${verdict.prune ? verdict.reason : 'kept'}, not ${event.prune}`,
      );
  });
  return faults;
}

function prunerFrom(golden: PrunerGolden): Pruner {
  const { type, ...rest } = golden.pruner;
  const options = Object.fromEntries(Object.entries(rest).map(([name, value]) => [optionNames[name] ?? name, value as number]));
  return prunerOf({ id: type, options });
}
