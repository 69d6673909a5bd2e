import { and, isNull } from 'drizzle-orm';
import { validations } from '../schema/index.ts';

/** True for validations that a promotion may rest on: of the study as it is, on the folds of its own plan. */
export const isEvidence = and(isNull(validations.arm), isNull(validations.scheme));
