import { AssayError, type ErrorCode } from '../../core/errors.ts';

/** Largest absolute value of a priority. */
const farthest = 1000;

/** Returns the priority if it is a whole number from -1000 to 1000. @throws AssayError `code` otherwise */
export function checkPriority(priority: number, code: ErrorCode = 'study_invalid'): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= farthest) return priority;
  throw new AssayError(code, `${JSON.stringify(priority)} is no priority`, {
    place: 'priority',
    hint: `give a whole number from -${farthest} to ${farthest}; 0 is usual, higher goes first`,
  });
}
