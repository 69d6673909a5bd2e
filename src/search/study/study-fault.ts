import { AssayError, messageOf } from '../../core/errors.ts';
import type { StudyId } from './storage.ts';

/** The study that could not be asked, as it was then. */
export interface FaultyStudy {
  readonly id: StudyId;
  readonly name: string;
  readonly revision: number;
}

/**
 * A study's own sampler, pruner or space threw when a trial was asked for, and will again while the study is as it is; no fault of the
 * storage, and no other study's. Says what was thrown, with its code and hint.
 */
export class StudyFault extends AssayError {
  readonly study: FaultyStudy;

  constructor({ id, name, revision }: FaultyStudy, cause: unknown) {
    const { code, hint, place } = cause instanceof AssayError ? cause : { code: 'internal' as const };
    super(code, messageOf(cause), { cause, ...(hint !== undefined && { hint }), ...(place !== undefined && { place }) });
    this.study = { id, name, revision };
  }
}
