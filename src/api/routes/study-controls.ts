import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { controlStudy, isUnfinished, type StudyControl } from '../../storage/commands/control-study.ts';
import { studyControls } from '../../storage/commands/descriptions.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { onlyAtRevision } from '../../storage/sql/only-at.ts';
import { onlyAtOf } from '../precondition.ts';
import type { RouteContext } from '../route-context.ts';
import { capitalized, controlAnswersWith, desiredStateSchema, ifMatchHeader, studyPath } from '../schemas.ts';

export const studyControlledSchema = z
  .object({
    study: z.string(),
    desiredState: desiredStateSchema,
    complete: z.boolean().openapi({ description: 'True: the study had nothing left to run, so nothing was paused, stopped or resumed' }),
    cancelled: z.number().int().openapi({ description: 'Trials that this call cancelled at once' }),
    ending: z.number().int().openapi({ description: 'Running trials that this call told to end' }),
  })
  .openapi('StudyOrdered');

/** Each may be repeated: a second one finds nothing to do. */
export function addStudyControls(app: OpenAPIHono, { db }: RouteContext): void {
  for (const [control, description] of Object.entries(studyControls) as [StudyControl, string][]) {
    const route = createRoute({
      method: 'post',
      path: `/v1/studies/{study}/${control}`,
      operationId: `${control}Study`,
      summary: capitalized(description),
      request: { params: studyPath, headers: ifMatchHeader },
      responses: controlAnswersWith(studyControlledSchema, 'How the study stands now'),
    });
    app.openapi(route, async (c) => {
      const { study } = c.req.valid('param');
      const { id } = await findStudy(db, study);
      const locks = control === 'stop' || control === 'cancel' ? isUnfinished : sql`false`;
      const at = { study: id, onlyAt: onlyAtOf(c, { id, name: study }), locks };
      const controlled = await onlyAtRevision(db, at, (tx) => controlStudy(tx, id, control, 'the API'));
      return c.json({ study, ...controlled }, 200);
    });
  }
}
