import { read } from './api.ts';
import { order } from './orders.ts';
import { Problem } from './problem.ts';

interface SteadyOrder {
  readonly study: string;
  /** The address of the order below `/v1/studies/{study}`. */
  readonly tail: string;
  readonly body?: unknown;
  /** Chosen once for what the person wants once. */
  readonly key?: string | undefined;
  /** The revision of the study that the person saw when asked; undefined: what was seen came without one. */
  readonly seen?: number | undefined;
  /** What is no longer as the person saw it when asked, as a sentence; null: all is. */
  readonly changed: () => Promise<string | null>;
}

const mostTries = 5;

/**
 * Sends an order on condition that nothing has changed since the person saw it. Of a study that runs the revision rises with every trial that
 * ends, which is no reason to refuse: where only that has changed, the order is sent for the newer revision.
 *
 * @throws Problem if it is refused, no answer came, or something has changed
 */
export async function steadyOrder({ study, tail, body, key, seen, changed }: SteadyOrder): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const revision = tries === 1 && seen !== undefined ? seen : await unchangedAt(study, changed);
    try {
      return await order(`/v1/studies/${encodeURIComponent(study)}/${tail}`, body, { revision, ...(key !== undefined && { key }) });
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412) || tries === mostTries) throw error;
    }
  }
}

/** The newest revision at which what the person saw still holds. @throws Problem where it does not */
async function unchangedAt(study: string, changed: SteadyOrder['changed']): Promise<number> {
  // First the revision, then the look: what changes in between is refused.
  const { revision } = await read('/v1/studies/{}', [study]);
  const difference = await changed();
  if (difference !== null)
    throw new Problem({ status: 412, code: 'conflict', detail: difference, hint: 'look at it again before you decide' });
  return revision;
}
