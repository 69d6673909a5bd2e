import { sql } from 'drizzle-orm';
import { bigint, check, index, json, pgEnum, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';

/**
 * Freezes of groups of studies, with their history: while one stands, no study of the group takes a trial but the one that works to pass
 * the gates. Names, not keys: a freeze outlives the studies that it names. A freeze changes once, when it is lifted.
 */
export const freezes = pgTable(
  'freezes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    group: text('group_name').notNull(),
    /** The study that goes on. */
    study: text().notNull(),
    /** The gate policy that a trial of it has to pass. */
    policy: text().notNull(),
    frozenAt: timestamp('frozen_at', { withTimezone: true }).notNull().defaultNow(),
    frozenBy: text('frozen_by').notNull(),
    /** Null: it stands. */
    liftedAt: timestamp('lifted_at', { withTimezone: true }),
    liftedBy: text('lifted_by'),
    /** A person's reason, or the trial that passed. */
    liftedBecause: text('lifted_because'),
  },
  (table) => [
    uniqueIndex('freezes_standing').on(table.group).where(sql`lifted_at is null`),
    index('freezes_of_group').on(table.group, table.id),
    check(
      'freezes_lifted_whole',
      sql`num_nonnulls(${table.liftedAt}, ${table.liftedBy}, ${table.liftedBecause}) in (0, 3)
        and coalesce(${table.liftedBecause}, 'x') ~ '[^[:space:]]'`,
    ),
  ],
);

/** `green`: every gate passed, which lifted the freeze. `red`: one did not, and it stands. */
export const freezeColour = pgEnum('freeze_colour', ['green', 'red']);

/** What the gates said of trials of the study that works, in their order. Only added to. */
export const freezeVerdicts = pgTable(
  'freeze_verdicts',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    freezeId: bigint('freeze_id', { mode: 'number' })
      .notNull()
      .references(() => freezes.id),
    colour: freezeColour().notNull(),
    /** Address of the trial, which may be removed later. */
    trial: text().notNull(),
    reason: text().notNull(),
    /** The results of the gates. */
    verdicts: json().$type<Json>().notNull(),
    /** The study that green opened (null: none was declared, or red). */
    opened: text(),
    judgedAt: timestamp('judged_at', { withTimezone: true }).notNull().defaultNow(),
    judgedBy: text('judged_by').notNull(),
  },
  (table) => [index('freeze_verdicts_of_freeze').on(table.freezeId, table.id)],
);
