import { availableParallelism } from 'node:os';
import { AssayError } from '../../core/errors.ts';
import { describeNeeds, type Needs } from '../../search/study/needs.ts';
import type { Device } from '../../search/study/trial-context.ts';

/** What one worker process may use of its machine. */
export interface Capacity {
  readonly device: Device;
  /** Trials at once, whatever they need. */
  readonly slots: number;
  /** Cores; null where somebody said how many trials run at once, which is then all that counts. */
  readonly cores: number | null;
  readonly memoryMb: number;
}

/** Of a machine, for one process; or what running trials leave of it. */
export type Share = Omit<Capacity, 'device'>;

/**
 * The machine shared out: each device has a process of its own, and each process its share of the cores and of the memory that is free now
 * (of a container, its own).
 * @param workers trials at once on each device, where somebody said so
 */
export function capacityPerDevice(devices: number, workers?: number): Share {
  const processes = Math.max(1, devices);
  const cores = Math.max(1, Math.floor(availableParallelism() / processes));
  const memoryMb = Math.floor(process.availableMemory() / 2 ** 20 / processes);
  return { slots: workers ?? cores, cores: workers === undefined ? cores : null, memoryMb };
}

/** What a machine lacks for even one trial of a study; null: nothing. Too few cores make it slow, which is no lack. */
export function lackFor(needs: Needs | null, { device, memoryMb }: Pick<Capacity, 'device' | 'memoryMb'>): string | null {
  if (needs?.device === 'gpu' && device === 'cpu') return 'its trials need a gpu, and this worker computes on the cpu';
  if (needs?.device === 'cpu' && device !== 'cpu') return `its trials need the cpu, and this worker computes on ${device}`;
  if ((needs?.memoryMb ?? 0) > memoryMb)
    return `each of its trials needs ${needs!.memoryMb} MB of memory, and ${memoryMb} MB are free for ${device}`;
  return null;
}

/** Whether one more trial finds room. One that wants more cores than there are takes all of them. */
export function fitsInto(needs: Needs | null, left: Share, whole: Share): boolean {
  const cores = left.cores === null || Math.min(needs?.threads ?? 1, whole.cores ?? 1) <= left.cores;
  return left.slots >= 1 && cores && (needs?.memoryMb ?? 0) <= left.memoryMb;
}

/** What is left of a share while these trials run. */
export function leftBeside(running: readonly (Needs | null)[], whole: Share): Share {
  const sum = (of: (needs: Needs | null) => number): number => running.reduce((total, needs) => total + of(needs), 0);
  return {
    slots: whole.slots - running.length,
    cores: whole.cores === null ? null : whole.cores - sum((needs) => Math.min(needs?.threads ?? 1, whole.cores ?? 1)),
    memoryMb: whole.memoryMb - sum((needs) => needs?.memoryMb ?? 0),
  };
}

/** How many trials of one study run at once at most. */
export function trialsAtOnce(needs: Needs | null, { slots, cores, memoryMb }: Share): number {
  const byCores = cores === null ? slots : Math.max(1, Math.floor(cores / (needs?.threads ?? 1)));
  const byMemory = needs?.memoryMb === undefined ? slots : Math.floor(memoryMb / needs.memoryMb);
  return Math.min(slots, byCores, byMemory);
}

/**
 * The devices that can run a study.
 * @throws AssayError `unavailable` where none can.
 */
export function devicesFor(
  study: { readonly name: string; readonly needs: Needs | null },
  devices: readonly Device[],
  share: Share,
): readonly Device[] {
  const fitting = devices.filter((device) => lackFor(study.needs, { device, memoryMb: share.memoryMb }) === null);
  const [first] = devices;
  if (fitting.length > 0 || study.needs === null || first === undefined) return fitting;
  throw new AssayError(
    'unavailable',
    `the study ${study.name} cannot run here: ${lackFor(study.needs, { device: first, memoryMb: share.memoryMb })}`,
    {
      hint: `it declares needs: ${describeNeeds(study.needs)}; name a device with --device (cpu, gpu:0), or use another machine`,
    },
  );
}
