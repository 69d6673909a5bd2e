import { messageOf } from '../../core/errors.ts';

export interface PulseParts {
  /** What needs nothing but this process: done with every beat. */
  readonly always: () => void;
  /** What needs the database and the disk: one at a time. */
  readonly work: () => Promise<void>;
  /** Nanoseconds. */
  readonly now: () => bigint;
  /** Nanoseconds that work may take or fail before it counts as not done. */
  readonly longest: bigint;
  /** Without the lease nothing may be written or sent any more. */
  readonly onLost: (error: unknown) => void;
  readonly onLine: (text: string) => void;
}

/** What a run does every second. A database that fails or never answers holds up nothing that does not need it. */
export interface Pulse {
  readonly beat: () => void;
  /** False where the last work failed, or the last that was done began too long ago. */
  readonly isWell: () => boolean;
}

export function createPulse({ always, work, now, longest, onLost, onLine }: PulseParts): Pulse {
  let isBusy = false;
  let hasFailed = false;
  let doneAt = now();
  const worked = async (): Promise<void> => {
    const begunAt = now();
    try {
      await work();
      doneAt = begunAt;
      if (hasFailed) onLine('the database and the disk answer again');
      hasFailed = false;
    } catch (error) {
      if ((error as { code?: string }).code === 'lease_lost') onLost(error);
      else if (!hasFailed) onLine(`the database or the disk fails: ${messageOf(error)}`);
      hasFailed = true;
    }
    isBusy = false;
  };
  return {
    beat: () => {
      always();
      if (isBusy) return;
      isBusy = true;
      void worked();
    },
    isWell: () => !hasFailed && now() - doneAt < longest,
  };
}
