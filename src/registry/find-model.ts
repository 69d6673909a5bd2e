import { eq } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { meant } from '../storage/readers/find.ts';
import { models } from '../storage/schema/index.ts';

/** The row of a model. @throws AssayError `not_found`, with similar names in the hint. */
export async function findModel(db: Db, name: string): Promise<typeof models.$inferSelect> {
  const [model] = await db.select().from(models).where(eq(models.name, name));
  if (model !== undefined) return model;
  const names = await db.select({ name: models.name }).from(models);
  throw new AssayError('not_found', `there is no model ${name}`, {
    hint: meant(
      name,
      names.map((other) => other.name),
      'assay model ls shows all',
    ),
  });
}
