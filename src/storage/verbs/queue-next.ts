import { sql } from 'drizzle-orm';
import { createRng } from '../../core/rng.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Db } from '../database.ts';
import type { StudyRow } from './ask.ts';

export interface NextTrial {
  readonly params: FlatParams;
  /** By default derived from the study's seed and the trial's number. */
  readonly seed?: number;
  readonly orderKey?: string;
}

/** Queue a trial under the study's next number, in one statement. The caller holds the lock of the study's row and has looked at its budget. */
export async function queueNext(tx: Db, study: StudyRow, { params, seed, orderKey }: NextTrial): Promise<number> {
  const number = study.nextNumber;
  const revision = study.revision + 1;
  const derived = createRng(study.seed)
    .fork('trial')
    .fork(number)
    .int(2 ** 31);
  await tx.execute(sql`
    with queued as (
      insert into trials (study_id, number, params, seed, revision, order_key)
      values (${study.id}, ${number}, ${JSON.stringify(params)}, ${seed ?? derived}, ${revision}, ${orderKey ?? null})
    )
    update studies set next_number = ${number + 1}, revision = ${revision}, updated_at = now() where id = ${study.id}`);
  return number;
}
