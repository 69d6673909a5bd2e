import { eq } from 'drizzle-orm';
import type { Vault } from '../../core/vault.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';

/** The sessions that nothing but one look reads, as of the study's last start (null: it keeps none). */
export async function readVault(db: Db, study: StudyId): Promise<Vault | null> {
  const [row] = await db.select({ vault: studies.vault }).from(studies).where(eq(studies.id, study));
  return row?.vault ?? null;
}
