import { z } from 'zod';
import { calendarIds, sessionCalendarOf } from '../../../market/calendars/index.ts';
import { knownInstrument } from '../../../market/instruments.ts';
import { termsOf } from '../../../trading/env/instruments.ts';
import { environmentOptions } from '../../../trading/env/options.ts';
import { type LotTerms, lotTermsOf } from '../lot-terms.ts';
import { paperOptions } from '../paper/config.ts';

/** What a served account on paper begins with, and what it trades. */
export const paperConfig = z.strictObject({
  capital: z.number().gt(0).max(1e9),
  /** By symbol, such as MNQH4: fees and margins, and whatever is not known of the instrument. */
  instruments: environmentOptions.shape.instruments.unwrap(),
  /** Of what is no known future. */
  calendar: z.enum(calendarIds).default('us-equities'),
  paper: paperOptions.prefault({}),
});

export type PaperConfig = Readonly<z.output<typeof paperConfig>>;

/**
 * Terms of everything that an account trades.
 * @param year near which a single digit of a contract's year is read.
 * @throws AssayError `config_invalid` for terms that nothing states.
 */
export function paperTerms({ instruments, calendar }: PaperConfig, year: number): readonly LotTerms[] {
  const symbols = Object.keys(instruments);
  const known = symbols.map((symbol) => knownInstrument(symbol));
  return termsOf({ symbols, instruments: known, contracts: symbols.map(() => null) }, instruments).map((terms, k) =>
    lotTermsOf(terms, sessionCalendarOf(known[k]?.calendar ?? calendar), year),
  );
}
