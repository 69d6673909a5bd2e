import type { TrainingPace } from '../../search/study/study-ahead.ts';
import type { ValidationContext } from '../../search/study/walk-forward.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import type { Agent } from '../agents/agent.ts';
import { backtest } from '../env/backtest.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { exploiting, trainAgent } from '../training/train-agent.ts';
import { normalisedMarket } from './market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from './options.ts';
import { searchSplit } from './session-plan.ts';

type PaceContext<Params> = Pick<ValidationContext<Params>, 'dataset' | 'params' | 'seed' | 'signal'>;

/** Processor seconds of gradient steps that are timed, after the first one. */
const timedSeconds = 0.5;

/**
 * Times a few gradient steps of one seed on the search's training part, with the steps of the environments between them, and one test of the
 * policy; the first gradient step, which waits for experience, counts once. Phases of a curriculum count by their steps. Times are those
 * of the processor, so that other programs do not lengthen them. Writes nothing.
 * @throws AssayError as a trial would, for settings that do not fit.
 */
export async function trainingPace<Params>(
  options: TradingTaskOptions<Params>,
  { dataset, params, seed, signal }: PaceContext<Params>,
): Promise<TrainingPace> {
  const { environment, training, sessions, reports, withhold } = filled(options);
  const { updates, seeds, phases = [] } = training;
  const raw = await openMarket(options, { dataset });
  const { train: range, test } = searchSplit(sessions, raw.bars);
  const { market } = normalisedMarket(raw, range, withhold);
  const agent = options.agent(params);
  const { reward, audited } = taskReward(options.reward(params), agent);
  const begun = processorSeconds();
  const marks: Mark[] = [];
  let testSeconds = 0;
  const executor = chooseExecutor(training.executor);
  const run = { market, range, environment, training, reward, agent, executor, seed, signal };
  const onProgress = async (trained: Agent, { updates: done, environmentSteps }: Omit<Mark, 'seconds'>): Promise<void> => {
    marks.push({ updates: done, environmentSteps, seconds: processorSeconds() - begun });
    const timed = marks.at(-1)!.seconds - marks[0]!.seconds;
    if (done < updates && (marks.length < 2 || timed < timedSeconds)) return;
    const testedAt = processorSeconds();
    await backtest(market, test, environment, exploiting(trained, environment), audited && { reward: audited });
    testSeconds = processorSeconds() - testedAt;
    throw enough;
  };
  try {
    await trainAgent({ ...run, reports: updates, onProgress });
  } catch (error) {
    if (error !== enough) throw error;
  }
  const { secondsPerUpdate, secondsPerStep, firstSeconds } = ratesOf(marks);
  const phaseSeconds = phases.reduce((sum, { steps }) => sum + steps * secondsPerStep, 0);
  const learning = firstSeconds + (updates - marks[0]!.updates) * secondsPerUpdate + phaseSeconds;
  return {
    secondsPerUpdate,
    updates,
    trainingSeconds: learning + testSeconds,
    trialSeconds: seeds * (learning + reports * testSeconds),
  };
}

/** Ends a training that was timed long enough. */
const enough = new Error('timed long enough');

interface Mark {
  readonly updates: number;
  readonly environmentSteps: number;
  readonly seconds: number;
}

function ratesOf(marks: readonly Mark[]) {
  const [first, last] = [marks[0]!, marks.at(-1)!];
  // A training of one gradient step has nothing but its beginning.
  const from = marks.length > 1 ? first : { updates: 0, environmentSteps: 0, seconds: 0 };
  const seconds = last.seconds - from.seconds;
  return {
    secondsPerUpdate: seconds / (last.updates - from.updates),
    secondsPerStep: seconds / (last.environmentSteps - from.environmentSteps),
    firstSeconds: first.seconds,
  };
}

/** Processor time of this process, with all of its threads, in seconds. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
