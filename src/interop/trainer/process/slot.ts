import { type ProcessOptions, startTrainer, type TrainerProcess } from './trainer-process.ts';

/** A trainer of this thread, which goes on from one task to the next. */
interface Slot {
  process: TrainerProcess | null;
  /** The end of the last work: a trainer does one thing at a time. */
  last: Promise<unknown>;
  idle: NodeJS.Timeout | undefined;
}

/** A trainer that nobody asks for so long is ended: it may hold gigabytes. */
const idleMs = 60_000;

const slots = new Map<string, Slot>();

/**
 * Works with the trainer of these options, which is started where there is none. A trainer that failed, or whose work was left, is ended: nobody
 * knows what it would say next.
 */
export async function withTrainer<Result>(options: ProcessOptions, work: (trainer: TrainerProcess) => Promise<Result>): Promise<Result> {
  const key = JSON.stringify(options);
  const slot = slots.get(key) ?? { process: null, last: Promise.resolve(), idle: undefined };
  slots.set(key, slot);
  const turn = slot.last.then(async () => {
    clearTimeout(slot.idle);
    // One that was killed while nobody asked it anything costs no trial.
    if (slot.process?.hasFailed() === true) await endIdle(slot);
    slot.process ??= await startTrainer(options);
    try {
      const result = await work(slot.process);
      slot.idle = setTimeout(() => void endIdle(slot), idleMs).unref();
      return result;
    } catch (error) {
      const failed = slot.process;
      slot.process = null;
      await failed.end();
      throw error;
    }
  });
  slot.last = turn.catch(() => undefined);
  return turn;
}

async function endIdle(slot: Slot): Promise<void> {
  const { process } = slot;
  slot.process = null;
  await process?.end();
}
