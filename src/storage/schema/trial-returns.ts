import { sql } from 'drizzle-orm';
import { bigint, check, date, doublePrecision, pgTable } from 'drizzle-orm/pg-core';
import { trials } from './trials.ts';

/**
 * Net returns of the days of a trial's inner validation part, written with its result: of a complete trial those of its value, of a pruned
 * one those of its last report. Beside `trials`, whose rows every ask reads.
 */
export const trialReturns = pgTable(
  'trial_returns',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .primaryKey()
      .references(() => trials.id, { onDelete: 'cascade' }),
    /** In time order, none twice: the migration's function `only_grows` checks it. */
    days: date({ mode: 'string' }).array().notNull(),
    returns: doublePrecision().array().notNull(),
  },
  (table) => [
    check('trial_returns_days', sql`cardinality(${table.days}) between 1 and 4096 and only_grows(${table.days})`),
    check(
      'trial_returns_finite',
      sql`cardinality(${table.days}) = cardinality(${table.returns}) and 'Infinity' > all (${table.returns}) and '-Infinity' < all (${table.returns})`,
    ),
  ],
);
