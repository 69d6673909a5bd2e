import { availableParallelism } from 'node:os';
import { AssayError } from '../../core/errors.ts';
import { describeNeeds, type Needs } from '../../search/study/needs.ts';
import type { Device } from '../../search/study/trial-context.ts';

/** The part of a machine that one worker process may use. */
export interface Capacity {
  readonly device: Device;
  /** Most trials at once, whatever they need. */
  readonly slots: number;
  /** Cores (null: the number of trials was given, so cores are not counted). */
  readonly cores: number | null;
  readonly memoryMb: number;
}

/** The capacity of one process, or the part of it that running trials leave. */
export type Share = Omit<Capacity, 'device'>;

/**
 * Divides the machine's cores and free memory (a container's own) evenly among the devices, each of which has one process.
 * @param workers trials at once on each device; default: one per core
 */
export function capacityPerDevice(devices: number, workers?: number): Share {
  const processes = Math.max(1, devices);
  const cores = Math.max(1, Math.floor(availableParallelism() / processes));
  const memoryMb = Math.floor(process.availableMemory() / 2 ** 20 / processes);
  return { slots: workers ?? cores, cores: workers === undefined ? cores : null, memoryMb };
}

/** Returns what the machine lacks for a single trial of a study (null: nothing). Too few cores only make it slow. */
export function lackFor(needs: Needs | null, { device, memoryMb }: Pick<Capacity, 'device' | 'memoryMb'>): string | null {
  if (needs?.device === 'gpu' && device === 'cpu') return 'its trials need a gpu, and this worker computes on the cpu';
  if (needs?.device === 'cpu' && device !== 'cpu') return `its trials need the cpu, and this worker computes on ${device}`;
  if ((needs?.memoryMb ?? 0) > memoryMb)
    return `each of its trials needs ${needs!.memoryMb} MB of memory, and ${memoryMb} MB are free for ${device}`;
  return null;
}

/** True if one more trial fits. A trial that needs more cores than the machine has takes all of them. */
export function fitsInto(needs: Needs | null, left: Share, whole: Share): boolean {
  const cores = left.cores === null || Math.min(needs?.threads ?? 1, whole.cores ?? 1) <= left.cores;
  return left.slots >= 1 && cores && (needs?.memoryMb ?? 0) <= left.memoryMb;
}

/** Returns the part of a share that these running trials leave. */
export function remainingShare(running: readonly (Needs | null)[], whole: Share): Share {
  const sum = (of: (needs: Needs | null) => number): number => running.reduce((total, needs) => total + of(needs), 0);
  return {
    slots: whole.slots - running.length,
    cores: whole.cores === null ? null : whole.cores - sum((needs) => Math.min(needs?.threads ?? 1, whole.cores ?? 1)),
    memoryMb: whole.memoryMb - sum((needs) => needs?.memoryMb ?? 0),
  };
}

/** Returns the largest number of trials of one study that can run at once. */
export function trialsAtOnce(needs: Needs | null, { slots, cores, memoryMb }: Share): number {
  const byCores = cores === null ? slots : Math.max(1, Math.floor(cores / (needs?.threads ?? 1)));
  const byMemory = needs?.memoryMb === undefined ? slots : Math.floor(memoryMb / needs.memoryMb);
  return Math.min(slots, byCores, byMemory);
}

/**
 * Returns the devices that can run a study.
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
