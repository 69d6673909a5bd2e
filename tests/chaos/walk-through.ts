import type { TrialContext } from 'assay';
import { startWalk } from '../fixtures/random-walk.ts';

export const steps = 12;

export interface Way {
  /** Added to each value. */
  readonly lift?: number;
  /** Called after each report. */
  readonly after?: (step: number) => void;
}

/** A short walk that reports each step, keeps a checkpoint of a few kilobytes every third, and can be told from a broken one by every bit. */
export async function walkThrough(context: TrialContext<{ readonly x: number }>, { lift = 0, after }: Way = {}): Promise<number> {
  const { params, seed, report, checkpoint, resumeFrom, signal } = context;
  const walk = startWalk(seed, params.x, resumeFrom?.bytes ?? null);
  for (let step = (resumeFrom?.step ?? 0) + 1; step <= steps; step++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    walk.step();
    await report(step, lift + walk.at());
    after?.(step);
    if (step % 3 === 0 || signal.aborted) await checkpoint(step, [walk.save(), Buffer.alloc(20_000, ' ')]);
    signal.throwIfAborted();
  }
  return lift + walk.at();
}
