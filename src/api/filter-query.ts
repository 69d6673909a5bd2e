import { z } from '@hono/zod-openapi';
import { AssayError } from '../core/errors.ts';
import { parseFilter } from '../search/trial/filter.ts';
import { trialStates } from '../search/trial/trial.ts';
import { listOf, textSchema } from './schemas.ts';

/** Filters of a list; a trial must satisfy all. */
const mostConditions = 50;

export const trialStateSchema = z.enum(trialStates);

export const statesSchema = listOf(trialStateSchema, trialStates.length);

export const whereSchema = z
  .preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(textSchema).max(20))
  .optional()
  .openapi({
    description:
      `Filters such as \`lr<1e-3\`, \`opt=adam and value<0.5\` or \`c="a b"\`; several hold together, ${mostConditions} conditions at most. ` +
      '`c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated',
  });

/** @throws AssayError `usage` for a syntax error and for too many conditions: each is work for each trial. */
export function checkConditions(where: readonly string[]): void {
  const n = where.reduce((sum, text) => sum + parseFilter(text).length, 0);
  if (n > mostConditions)
    throw new AssayError('usage', `a list is filtered by at most ${mostConditions} conditions, not ${n}`, {
      place: 'where',
      hint: 'ask with fewer of them, and pick from the answer',
    });
}
