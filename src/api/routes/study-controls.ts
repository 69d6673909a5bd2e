import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { controlStudy, isUnfinished, type StudyControl } from '../../storage/commands/control-study.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { onlyAtRevision } from '../../storage/sql/only-at.ts';
import { onlyAtOf } from '../precondition.ts';
import type { RouteContext } from '../route-context.ts';
import { controlAnswersWith, ifMatchHeader, studyPath } from '../schemas.ts';

export const studyControlledSchema = z
  .object({
    study: z.string(),
    desiredState: z.enum(['open', 'paused', 'stopped']),
    cancelled: z.number().int().openapi({ description: 'Trials that this call cancelled at once' }),
    ending: z.number().int().openapi({ description: 'Running trials that this call told to end' }),
  })
  .openapi('StudyOrdered');

const summaries: Readonly<Record<StudyControl, string>> = {
  pause: 'No new trials; the running ones go on, and workers wait',
  resume: 'Go on with a study that was paused, stopped or cancelled',
  stop: 'Finish the running trials and end; those that wait are cancelled',
  cancel: 'End the running trials too, as cancelled',
};

/** Each may be repeated: a second order finds nothing to do. */
export function addStudyControls(app: OpenAPIHono, { db }: RouteContext): void {
  for (const [control, summary] of Object.entries(summaries) as [StudyControl, string][]) {
    const route = createRoute({
      method: 'post',
      path: `/v1/studies/{study}/${control}`,
      operationId: `${control}Study`,
      summary,
      request: { params: studyPath, headers: ifMatchHeader },
      responses: controlAnswersWith(studyControlledSchema, 'How the study stands now'),
    });
    app.openapi(route, async (c) => {
      const { study } = c.req.valid('param');
      const { id } = await findStudy(db, study);
      const locks = control === 'stop' || control === 'cancel' ? isUnfinished : sql`false`;
      const at = { study: id, onlyAt: onlyAtOf(c, study), locks };
      const ordered = await onlyAtRevision(db, at, (tx) => controlStudy(tx, id, control, 'the API'));
      return c.json({ study, ...ordered }, 200);
    });
  }
}
