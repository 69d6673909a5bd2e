import { freeBytes, megabytes, reserveBytes } from '../../core/free-space.ts';

/** Blocks new trials while free disk space is below the reserve. */
export interface DiskGuard {
  /** True if trials may begin. Reads the disk at most once a second and logs each change. */
  readonly hasSpace: () => Promise<boolean>;
  /** Blocks new trials for a minute after a trial found the disk full. */
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
  const full = `the disk of ${dataDir} is full: no trial begins until space is free again`;
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
