import type { Rng } from '../../core/rng.ts';
import type { Agent } from '../agents/agent.ts';
import type { ResumableEnv, VectorEnv } from '../env/env.ts';
import type { EnvState } from '../env/env-state.ts';

/** Progress of a training. */
export interface TrainProgress {
  /** Gradient steps done. */
  readonly updates: number;
  /** Steps of single environments done. */
  readonly environmentSteps: number;
  /** Number of episodes that ended since the last report, and the mean of their summed rewards (null: none ended). */
  readonly episodes: number;
  readonly meanEpisodeReward: number | null;
  /** Metrics of the last gradient step. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** State of a training between two steps, from which it continues with the same bits. */
export interface TrainingState {
  readonly counts: Readonly<Record<'updates' | 'environmentSteps' | 'episodes' | 'episodeReward' | 'reportedAt', number>>;
  /** Number of phases before this one; 0 for a training without phases. */
  readonly phase?: number;
  /** Figures of the phases before this one, by name. */
  readonly phases?: Readonly<Record<string, number>>;
  readonly metrics: TrainProgress['metrics'];
  /** Sum of rewards of each copy's current episode. */
  readonly running: Float64Array;
  readonly env: EnvState;
  /** The agent's own checkpoint. */
  readonly agent: Uint8Array;
}

export interface TrainOptions {
  readonly env: VectorEnv;
  readonly agent: Agent;
  /** Random numbers of the environment's resets. */
  readonly rng: Rng;
  /** Stops after this many gradient steps, or after this many steps of single environments. */
  readonly until: { readonly updates: number } | { readonly environmentSteps: number };
  /** True: the last step truncates every episode, since the agent goes on in another environment. Only with `environmentSteps`. */
  readonly endsEpisodes?: boolean;
  /** `onProgress` is called after every n gradient steps, and at the end. */
  readonly progressEvery?: number;
  /** Awaited; an exception (a pruned trial) ends the training. */
  readonly onProgress?: (progress: TrainProgress) => Promise<void> | void;
  /** Checked at every step of the environments; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** For interruptions: how to save and resume. The environment is the one above. */
  readonly resumable?: {
    readonly env: ResumableEnv;
    /** State to resume from (null: from the beginning). */
    readonly from: TrainingState | null;
    /** Called between two steps of the environments, and once more after the signal was aborted. */
    readonly isDue: () => boolean;
    readonly save: (state: TrainingState) => Promise<void>;
  };
}

/** Trains an agent in an environment. Resets the environment first, or resumes from a saved state. */
export async function train(options: TrainOptions): Promise<TrainProgress> {
  const { env, agent, until, progressEvery = Number.POSITIVE_INFINITY } = options;
  const previous = new Float32Array(env.observations.length);
  const nextObservations = new Float32Array(env.observations.length);
  const running = new Float64Array(env.count);
  let updates = 0;
  let environmentSteps = 0;
  let episodes = 0;
  let episodeReward = 0;
  let reportedAt = 0;
  let metrics: TrainProgress['metrics'] = {};
  const done = (): boolean => ('updates' in until ? updates >= until.updates : environmentSteps >= until.environmentSteps);
  const report = async (): Promise<TrainProgress> => {
    const meanEpisodeReward = episodes === 0 ? null : episodeReward / episodes;
    const progress = { updates, environmentSteps, episodes, meanEpisodeReward, metrics };
    [episodes, episodeReward, reportedAt] = [0, 0, updates];
    await options.onProgress?.(progress);
    return progress;
  };

  const { resumable, signal } = options;
  const stateOf = (resumableEnv: ResumableEnv): TrainingState => ({
    counts: { updates, environmentSteps, episodes, episodeReward, reportedAt },
    metrics,
    running: running.slice(),
    env: resumableEnv.save(),
    agent: agent.checkpoint(),
  });
  let starts: Uint8Array | undefined;
  if (resumable?.from) {
    ({ updates, environmentSteps, episodes, episodeReward, reportedAt } = resumable.from.counts);
    metrics = resumable.from.metrics;
    running.set(resumable.from.running);
    resumable.env.restore(resumable.from.env);
    agent.restore(resumable.from.agent);
  } else {
    env.reset(options.rng);
    starts = new Uint8Array(env.count).fill(1);
  }

  while (!done()) {
    if (resumable !== undefined && (signal?.aborted || resumable.isDue())) await resumable.save(stateOf(resumable.env));
    signal?.throwIfAborted();
    previous.set(env.observations);
    const actions = await agent.act(previous, 'explore', starts);
    starts = undefined;
    env.step(actions);
    environmentSteps += env.count;

    nextObservations.set(env.observations);
    for (let copy = 0; copy < env.count; copy++) {
      running[copy]! += env.rewards[copy]!;
      if (!env.terminated[copy] && !env.truncated[copy]) continue;
      const start = copy * env.observationSize;
      const end = (copy + 1) * env.observationSize;
      nextObservations.set(env.finalObservations.subarray(start, end), start);
      episodes += 1;
      episodeReward += running[copy]!;
      running[copy] = 0;
    }
    const { rewards, terminated } = env;
    const truncated = options.endsEpisodes && done() ? terminated.map((ended) => 1 - ended) : env.truncated;
    agent.observe({ observations: previous, actions, rewards, nextObservations, terminated, truncated, opensSession: env.opensSession });

    const learned = await agent.update();
    if (learned === null) continue;
    updates += learned.gradientSteps;
    metrics = learned.metrics;
    if (updates - reportedAt >= progressEvery && !done()) await report();
  }
  return report();
}
