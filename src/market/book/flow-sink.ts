import type { Levels } from './side.ts';

/** What takes the states and trades of one instrument, in the order of their times. */
export interface FlowSink {
  /**
   * Moves to the time of the next record.
   * @returns false outside a session: the record does not count.
   * @throws AssayError `data_invalid` for times that go back to an earlier minute; the calendar's error for a date that it does not cover.
   */
  readonly moveTo: (seconds: number, nanos: number) => boolean;
  /** The book after an event. `isTrusted` is false where the feed doubts it: then it is no valid state. */
  readonly state: (bids: Levels, asks: Levels, isTrusted: boolean) => void;
  /**
   * An event that left the levels as they were: a state like the one before it.
   * @returns false where no valid state stands that flow may follow on; the levels must then be given to `state`.
   */
  readonly same: () => boolean;
  /** Flow starts anew: the next valid state has no predecessor. */
  readonly reset: () => void;
  /** @param side 1 a buyer took, -1 a seller, 0 unknown. */
  readonly trade: (price: number, size: number, side: -1 | 0 | 1) => void;
  /**
   * Ends what is not finished.
   * @param knownUntil time in epoch nanoseconds up to which the data reach, where they say; the last state stands until then at most.
   */
  readonly end: (knownUntil: bigint | null) => void;
}
