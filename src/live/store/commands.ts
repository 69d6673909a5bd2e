import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { leastReason } from '../risk/trading-state.ts';
import type { WaitingCommand } from './live-store.ts';

/**
 * Writes a person's command for the engine of a run, which takes it within a second, or before anything else when it starts.
 * @throws AssayError `not_found` for a run that there is not, `usage` for a reason that is too short.
 */
export async function addCommand(
  db: Db,
  run: string,
  { kind, toState, by, reason }: Omit<WaitingCommand, 'id' | 'askedAt'>,
): Promise<number> {
  if (kind === 'resume' && Array.from(reason.trim()).length < leastReason)
    throw new AssayError('usage', `a reason has ${leastReason} characters at least`, {
      place: '--reason',
      hint: 'say why trading may go on',
    });
  const { rows } = await db.execute<{ id: number }>(
    sql`insert into live_commands (run_id, kind, to_state, by_whom, reason) select id, ${kind}, ${toState}, ${by}, ${reason} from live_runs where name = ${run} returning id::int`,
  );
  const [made] = rows;
  if (made === undefined) throw new AssayError('not_found', `there is no run ${run}`, { hint: 'assay live status shows all' });
  return made.id;
}
