/** What a gateway does wrong on purpose, once so many records of a session were sent. */
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
  /** The next record comes twice. */
  | { readonly kind: 'duplicate' }
  /** An error, after which the gateway closes unless it is one of those after which sessions go on. */
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'delay'; readonly ms: number }
);
