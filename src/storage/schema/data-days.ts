import { bigint, index, pgTable, primaryKey, text, timestamp, unique } from 'drizzle-orm/pg-core';

/**
 * What the sessions of a content of data are: one row a session and symbol. Two contents with the same row in both have the same bars there,
 * so a look at one is a look at the other. Only grows, as looks do. All three columns are the key, so that no row keeps another one out:
 * whoever may write here adds to what counts and can take nothing from it.
 */
export const dataDays = pgTable(
  'data_days',
  {
    /** In the order in which rows become visible, so that the largest one tells readers whether there are new ones. */
    id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
    /** Hash of the data set's content. */
    dataHash: text('data_hash').notNull(),
    /** Start of the session's first bar. */
    startsAt: timestamp('starts_at', { withTimezone: true }).notNull(),
    /** SHA-256 of the times and the five columns of one symbol in the session; the symbol's name is no part of it. */
    barsHash: text('bars_hash').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dataHash, table.startsAt, table.barsHash] }),
    unique('data_days_id').on(table.id),
    index('data_days_bars').on(table.barsHash, table.dataHash, table.startsAt),
  ],
);
