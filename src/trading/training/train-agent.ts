import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import type { Executor } from '../../tensor/executors/executor.ts';
import type { Agent } from '../agents/agent.ts';
import { type AgentConfig, createAgent } from '../agents/create.ts';
import type { AccountPolicy } from '../env/backtest.ts';
import type { Market, SessionParts } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { targetsOf } from '../env/targets.ts';
import { createTradingEnv } from '../env/trading-env.ts';
import type { RewardFactory } from '../rewards/reward.ts';
import { decodeTraining, encodeTraining } from './checkpoint.ts';
import { type TrainProgress, train } from './loop.ts';
import type { TrainingConfig } from './options.ts';

export interface TrainingRun {
  readonly market: Market;
  /** Sessions to train on; no episode reaches from one range to the next. */
  readonly range: SessionParts;
  readonly environment: EnvironmentConfig;
  readonly training: TrainingConfig;
  readonly reward: RewardFactory;
  readonly agent: AgentConfig;
  /** Default: the executor that the training asks for. */
  readonly executor?: Executor;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Number of calls of `onProgress`, the end included; default 1. */
  readonly reports?: number;
  readonly onProgress?: (agent: Agent, progress: TrainProgress) => Promise<void>;
  readonly checkpoints?: TrainingCheckpoints;
  /** Trained in this order before the market above. */
  readonly phases?: readonly TrainingPhase[];
  /** Measures the agent on the market of a phase that it has just ended, outside the time of the training. Default: not measured. */
  readonly scorePhase?: (agent: Agent, on: ReturnType<TrainingPhase['open']>) => Promise<Readonly<Record<string, number>>>;
}

/** A part of a training before its real bars. */
export interface TrainingPhase {
  /** Kind of its market, in the names of its figures: `phase1.trend.…`. */
  readonly name?: string;
  /** Steps of single environments. */
  readonly steps: number;
  /** Its market, with the features that the agent sees; made when the phase begins. */
  readonly open: () => { readonly market: Market; readonly range: SessionParts };
}

export interface TrainingCheckpoints {
  /** Bytes that an interrupted training saved (null: start from the beginning). */
  readonly from: Uint8Array | null;
  /** A checkpoint is made when the last one is this old, and at an interruption. Infinity: at interruptions only. */
  readonly everySeconds: number;
  /**
   * Decides before every step of the environments whether a checkpoint is made; `due` is true when one is due by time. Default: when due.
   */
  readonly agree?: (due: boolean) => boolean;
  /** `updates`: gradient steps done. */
  readonly save: (updates: number, bytes: readonly Uint8Array[]) => Promise<void>;
}

/** Largest share of the time for checkpoints: after a slow one, the next is made later than asked. */
const largestShare = 0.02;

export interface Trained {
  readonly agent: Agent;
  /**
   * Losses of the last gradient step, steps on the real bars, those before an interruption too, and the rates of this training without
   * reports, checkpoints and the part before an interruption, all named `train.…`; figures of each phase, those before an interruption too, named `phase1.trend.…`.
   */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * A schedule without `decayUpdates` falls until the end of the training.
 * @throws AssayError `config_invalid` with phases, whose gradient steps come before those of the training and are not counted beforehand.
 */
export function withDecay(agent: AgentConfig, updates: number, phases: number): AgentConfig {
  const falls = agent.schedule !== undefined && agent.schedule !== 'constant' && !agent.decayUpdates;
  if (falls && phases > 0)
    throw new AssayError('config_invalid', `a ${agent.schedule} schedule needs decayUpdates where the training has phases`, {
      place: 'agent.decayUpdates',
      hint: 'state the gradient steps until the rate has fallen, those of the phases included',
    });
  return falls ? { ...agent, decayUpdates: updates } : agent;
}

/**
 * Trains an agent on a range of sessions, after its phases. The caller disposes of it; if training throws it is already disposed of.
 * @throws AssayError `config_invalid` for settings that do not fit each other; `data_invalid` for a checkpoint of another number of phases
 */
export async function trainAgent(run: TrainingRun): Promise<Trained> {
  const { market, range, environment, training, reward, seed, signal, reports = 1, onProgress, checkpoints, phases = [], scorePhase } = run;
  const environmentOf = (on: Pick<TrainingRun, 'market' | 'range'>) =>
    createTradingEnv(on.market, on.range, environment, reward, { ...training, count: training.environments });
  const agentConfig = withDecay(run.agent, training.updates, phases.length);
  const real = environmentOf({ market, range });
  const agent = await createAgent(agentConfig, {
    env: real,
    accounts: 1,
    seed,
    executor: run.executor ?? chooseExecutor(training.executor),
  });
  let outsideMs = 0;
  const startedAt = performance.now();
  const outsideTraining = async (work: () => Promise<void> | undefined): Promise<number> => {
    const pausedAt = performance.now();
    await work();
    const tookMs = performance.now() - pausedAt;
    outsideMs += tookMs;
    return tookMs;
  };
  const { agree = (due: boolean) => due } = checkpoints ?? {};
  let dueAt = startedAt + (checkpoints?.everySeconds ?? 0) * 1000;
  const done = { updates: 0, environmentSteps: 0 };
  try {
    const saved = checkpoints?.from ? decodeTraining(checkpoints.from) : null;
    if ((saved?.phase ?? 0) > phases.length)
      throw new AssayError('data_invalid', `this is a checkpoint of phase ${saved!.phase}, the training has ${phases.length}`);
    let metrics: TrainProgress['metrics'] = {};
    let stepsOnReal = 0;
    let ofPhases: Readonly<Record<string, number>> = saved?.phases ?? {};
    for (let phase = saved?.phase ?? 0; phase <= phases.length; phase++) {
      const before = phases[phase];
      const on = before?.open();
      const env = on === undefined ? real : environmentOf(on);
      const from = saved?.phase === phase ? saved : null;
      const end = await train({
        env,
        agent,
        rng: createRng(seed).fork(before === undefined ? 'environment' : `phase/${phase}`),
        ...(before === undefined
          ? {
              until: { updates: training.updates },
              progressEvery: Math.ceil(training.updates / reports),
              onProgress: async (progress) => void (await outsideTraining(() => onProgress?.(agent, progress))),
            }
          : { until: { environmentSteps: before.steps }, endsEpisodes: true }),
        signal,
        ...(checkpoints && {
          resumable: {
            env,
            from,
            isDue: () => agree(performance.now() >= dueAt),
            save: async (state) => {
              // Steps of a trial count on the real bars alone.
              const updates = before === undefined ? state.counts.updates : 0;
              const tookMs = await outsideTraining(() => checkpoints.save(updates, encodeTraining({ ...state, phase, phases: ofPhases })));
              dueAt = performance.now() + Math.max(checkpoints.everySeconds * 1000, tookMs / largestShare);
            },
          },
        }),
      });
      done.updates += end.updates - (from?.counts.updates ?? 0);
      done.environmentSteps += end.environmentSteps - (from?.counts.environmentSteps ?? 0);
      metrics = end.metrics;
      stepsOnReal = end.environmentSteps;
      if (before === undefined || on === undefined) continue;
      let scored: Readonly<Record<string, number>> = {};
      await outsideTraining(async () => {
        scored = (await scorePhase?.(agent, on)) ?? {};
      });
      ofPhases = { ...ofPhases, ...figuresOf(`phase${phase + 1}${before.name === undefined ? '' : `.${before.name}`}`, end, scored) };
    }
    const seconds = (performance.now() - startedAt - outsideMs) / 1000;
    return {
      agent,
      metrics: {
        ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`train.${name}`, value])),
        ...ofPhases,
        'train.environmentSteps': stepsOnReal,
        'train.seconds': seconds,
        'train.gradientStepsPerSecond': done.updates / seconds,
        'train.environmentStepsPerSecond': done.environmentSteps / seconds,
      },
    };
  } catch (error) {
    await agent.dispose();
    throw error;
  }
}

/** Figures of a phase, as metrics of the trial: how long it was, what its episodes earned with exploration, and what was measured after it. */
function figuresOf(
  phase: string,
  { updates, environmentSteps, episodes, meanEpisodeReward }: TrainProgress,
  scored: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const figures = { updates, steps: environmentSteps, episodes, meanEpisodeReward: meanEpisodeReward ?? Number.NaN, ...scored };
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [`${phase}.${name}`, figure]));
}

/** The agent without its exploration noise, as the policy of one account. */
export function exploiting(agent: Agent, environment: EnvironmentConfig): AccountPolicy {
  return async (observation, action, starts) => action.set(targetsOf(environment, await agent.act(observation, 'exploit', starts)));
}
