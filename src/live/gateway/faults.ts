import { AssayError } from '../../core/errors.ts';

/** Faults that a gateway causes on request after n records of a session. */
export type Fault = {
  /** Number of the connection, from 1. */
  readonly session: number;
  /** Market records and ends of intervals that were sent before. */
  readonly after: number;
} & (
  | { readonly kind: 'fin' | 'rst' }
  /** Nothing is sent any more, and the connection stays open. */
  | { readonly kind: 'hang' }
  /** The first half of the next record, then the end. */
  | { readonly kind: 'half' }
  /** The first half of the metadata, then the end: before any record. */
  | { readonly kind: 'metadata' }
  /** The next record comes twice. */
  | { readonly kind: 'duplicate' }
  /** The next record comes behind the one that follows it. */
  | { readonly kind: 'reorder' }
  /** An error, after which the gateway closes unless it is one of those after which sessions go on. */
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The gateway's clock, which send times come from, is put forward or back. */
  | { readonly kind: 'clock'; readonly ms: number }
  /** The instrument of the next record stands for another symbol from now on. */
  | { readonly kind: 'remap'; readonly symbol: string }
);

type Kind = Fault['kind'];

/** What stands behind the kind's name. */
const values: Readonly<Record<Kind, 'none' | 'code' | 'ms' | 'signed ms' | 'symbol'>> = {
  fin: 'none',
  rst: 'none',
  hang: 'none',
  half: 'none',
  metadata: 'none',
  duplicate: 'none',
  reorder: 'none',
  error: 'code',
  delay: 'ms',
  clock: 'signed ms',
  remap: 'symbol',
};

/** Patterns of the values, and an example of each. */
const forms = {
  none: [/^$/, ''],
  code: [/^=([1-9]\d?)$/, '=6'],
  ms: [/^=(\d{1,7})ms$/, '=700ms'],
  'signed ms': [/^=([+-]?\d{1,9})ms$/, '=-5000ms'],
  symbol: [/^=([^\s|,=]{1,70})$/, '=MNQM4'],
} as const;

/** How each kind of fault is written. */
export const faultForms: readonly string[] = Object.entries(values).map(([kind, value]) => `${kind}${forms[value][1]}`);

/**
 * Reads a fault as the command line has it: `session:after:kind`, such as `1:700:fin`, `2:0:error=6`, `1:5:delay=700ms`.
 * @throws AssayError `usage` for text of another form.
 */
export function parseFault(text: string): Fault {
  const [, session, after, kind, rest] = /^([1-9]\d{0,5}):(\d{1,12}):([a-z]+)(.*)$/.exec(text) ?? [];
  const value = kind !== undefined && Object.hasOwn(values, kind) ? forms[values[kind as Kind]][0].exec(rest!) : null;
  if (value === null || (kind === 'metadata' && after !== '0'))
    throw new AssayError('usage', `${JSON.stringify(text)} is no fault of a gateway`, {
      place: '--fault',
      hint: `write <session>:<records before it>:<kind>, of the kinds ${faultForms.join(', ')}; metadata after 0 records`,
    });
  const at = { session: Number(session), after: Number(after) };
  const one = kind as Kind;
  if (one === 'error') return { ...at, kind: one, code: Number(value[1]) };
  if (one === 'delay' || one === 'clock') return { ...at, kind: one, ms: Number(value[1]) };
  return one === 'remap' ? { ...at, kind: one, symbol: value[1]! } : { ...at, kind: one };
}
