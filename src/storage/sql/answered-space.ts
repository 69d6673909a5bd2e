import type { SpaceJson } from '../../search/space/param.ts';

/** The space that a study had before it was widened, and the number of the next trial then. */
export interface SpaceBefore {
  readonly space: SpaceJson;
  readonly spaceHash: string;
  readonly nextNumber: number;
}

interface StoredSpace {
  readonly space: SpaceJson;
  readonly spaceHash: string;
  readonly nextNumber: number;
  readonly spaceBefore: SpaceBefore | null;
}

/**
 * The space that a study's trials were asked for under: the one before the last widening as long as no trial has followed it. Until then a
 * widening can be taken back.
 */
export function answeredSpace({ space, spaceHash, nextNumber, spaceBefore }: StoredSpace): Omit<SpaceBefore, 'nextNumber'> {
  return spaceBefore !== null && spaceBefore.nextNumber === nextNumber ? spaceBefore : { space, spaceHash };
}

/** What is kept of the spaces before when the study is opened with this one. */
export function spaceBeforeOf(stored: StoredSpace, newHash: string): SpaceBefore | null {
  if (newHash === stored.spaceHash) return stored.spaceBefore;
  const { space, spaceHash } = answeredSpace(stored);
  return newHash === spaceHash ? null : { space, spaceHash, nextNumber: stored.nextNumber };
}
