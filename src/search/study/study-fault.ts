import { AssayError, messageOf } from '../../core/errors.ts';
import type { StudyId } from './storage.ts';

/** The study whose ask failed, with its revision at that time. */
export interface FaultyStudy {
  readonly id: StudyId;
  readonly name: string;
  readonly revision: number;
}

/**
 * Thrown when a study's own sampler, pruner or space throws while a trial is asked for, and will do so again until the study changes; the
 * storage and other studies work. Has the message, code and hint of what was thrown.
 */
export class StudyFault extends AssayError {
  readonly study: FaultyStudy;

  constructor({ id, name, revision }: FaultyStudy, cause: unknown) {
    const { code, hint, place } = cause instanceof AssayError ? cause : { code: 'internal' as const };
    super(code, messageOf(cause), { cause, ...(hint !== undefined && { hint }), ...(place !== undefined && { place }) });
    this.study = { id, name, revision };
  }
}
