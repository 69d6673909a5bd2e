import { AssayError, type ErrorCode } from '../../core/errors.ts';

/** How far a priority may be from the usual 0. */
const farthest = 1000;

/** A whole number from -1000 to 1000. Throws `code` otherwise. */
export function checkPriority(priority: number, code: ErrorCode = 'study_invalid'): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= farthest) return priority;
  throw new AssayError(code, `${JSON.stringify(priority)} is no priority`, {
    place: 'priority',
    hint: `give a whole number from -${farthest} to ${farthest}; 0 is usual, higher goes first`,
  });
}
