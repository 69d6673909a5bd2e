import { dateOfDay, nthWeekday } from './calendars/dates.ts';

/** A delivery month of a future. */
export interface Contract {
  /** As written: `NQZ4`, `ESH2024`. */
  readonly name: string;
  readonly root: string;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
}

/** Letters of the delivery months from January on, in use at all US exchanges. */
const monthLetters = 'FGHJKMNQUVXZ';
const friday = 5;

/**
 * Reads a contract's name: root, month letter and the year in one, two or four digits (null: no such name). A single digit is the year
 * nearest to `near` that ends in it, two digits are of this century.
 * @param near a year in which the contract was traded; default: the present one.
 */
export function parseContract(name: string, near = new Date().getUTCFullYear()): Contract | null {
  const parts = /^([A-Z0-9]{1,3}?)([FGHJKMNQUVXZ])(\d{1,2}|20\d\d)$/.exec(name);
  if (parts === null) return null;
  const [, root, letter, digits] = parts as unknown as [string, string, string, string];
  const written = Number(digits);
  const year = digits.length === 4 ? written : digits.length === 2 ? 2000 + written : nearestYear(written, near);
  return { name, root, year, month: monthLetters.indexOf(letter) + 1 };
}

/** The third Friday of the delivery month: the last day of trading of US equity index futures, unless the stock exchanges are closed on it. */
export function thirdFriday({ year, month }: Contract): string {
  return dateOfDay(nthWeekday(year, month, friday, 3));
}

function nearestYear(digit: number, near: number): number {
  const candidate = near - (near % 10) + digit;
  return candidate - near > 5 ? candidate - 10 : near - candidate > 4 ? candidate + 10 : candidate;
}
