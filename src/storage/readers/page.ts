import { AssayError } from '../../core/errors.ts';

/** One page of a list. `next` is the cursor of the next page (null: the last one); `total` is the number of matches, or a lower bound. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
  /** Present if counting stopped at `total`. */
  readonly totalAtLeast?: true;
}

export const maxPageLimit = 200;

/** Returns the limit. @throws AssayError `usage` if it is out of range */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxPageLimit) return limit;
  throw new AssayError('usage', `a page has 1 to ${maxPageLimit} items, not ${limit}`, {
    place: 'limit',
    hint: 'follow the cursor for more',
  });
}

/** Position at the end of a page: the sort key of its last item as PostgreSQL prints it (null sorts last), and the item's number. */
export interface Position {
  readonly key: string | null;
  readonly number: number;
}

/** Encodes a cursor, opaque to clients. `query` binds it to its list: with another sort or filter it would skip or repeat items. */
export function encodeCursor(query: string, { key, number }: Position): string {
  return Buffer.from(JSON.stringify([query, key, number])).toString('base64url');
}

/** Decodes a cursor. @throws AssayError `usage` if it is not one of this list */
export function decodeCursor(query: string, cursor: string): Position {
  const [of, key, number]: readonly unknown[] = parse(cursor);
  if (of === query && (key === null || typeof key === 'string') && Number.isSafeInteger(number)) return { key, number: number as number };
  throw new AssayError('usage', 'this cursor belongs to another list', {
    place: 'cursor',
    hint: 'start without a cursor, and keep sort and filters the same from page to page',
  });
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch (error) {
    // Not JSON: the same error as for the cursor of another list.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
