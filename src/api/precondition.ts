import type { Context } from 'hono';
import type { Db } from '../storage/database.ts';
import { answerProblem } from './problem.ts';
import { matchesTag, tagsOf } from './revision-tag.ts';

/**
 * RFC 9110, 13.1.1: with `If-Match` an order is carried out only while the study is still what the caller saw, 412 otherwise.
 * Tags of the study and of its trials are one, so either may be sent. Without the header the order stands for itself.
 */
export async function unlessChanged<Answer>(c: Context, db: Db, study: string, order: () => Promise<Answer>): Promise<Answer> {
  const given = c.req.header('if-match');
  if (given === undefined) return order();
  const tags = await tagsOf(db, study);
  if (tags.length === 0 || tags.some((tag) => matchesTag(given, tag))) return order();
  return answerProblem(c, {
    status: 412,
    code: 'changed',
    detail: `study ${study} has changed since the ETag in If-Match`,
    hint: 'read it again, look whether the order is still right, and send the new ETag',
  }) as Answer;
}
