import { freeBytes, megabytes, reserveBytes } from '../../core/free-space.ts';

/** Whether trials may begin on a disk that has to take what they leave. */
export interface DiskGuard {
  /** Looks at the disk at most once a second, and says so when it turns. */
  readonly hasSpace: () => Promise<boolean>;
  /** A trial just found the disk full, whatever `isThere` thinks: no other begins for a minute. */
  readonly reportFull: () => void;
}

export interface DiskGuardOptions {
  readonly dataDir: string;
  readonly say: (text: string) => void;
  readonly now?: () => number;
  readonly free?: (path: string) => Promise<number>;
}

const lookEveryMs = 1000;
const fullForMs = 60_000;

export function createDiskGuard({ dataDir, say, now = () => performance.now(), free = freeBytes }: DiskGuardOptions): DiskGuard {
  let hasSpace = true;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  const turn = (next: boolean, text: string): void => {
    if (hasSpace !== next) say(text);
    hasSpace = next;
  };
  const full = `the disk of ${dataDir} is full: no trial begins until there is room again`;
  return {
    hasSpace: async () => {
      if (now() < lookAgainAt) return hasSpace;
      lookAgainAt = now() + lookEveryMs;
      const bytes = await free(dataDir);
      const enough = bytes >= reserveBytes();
      turn(enough, enough ? `the disk of ${dataDir} has ${megabytes(bytes)} free: trials begin again` : full);
      return hasSpace;
    },
    reportFull: () => {
      turn(false, full);
      lookAgainAt = now() + fullForMs;
    },
  };
}
