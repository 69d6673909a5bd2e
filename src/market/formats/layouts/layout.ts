import type { DateOrder } from '../stamps.ts';

/** What a field of a row holds; `-` is left out. */
export const fieldRoles = ['datetime', 'date', 'time', 'open', 'high', 'low', 'close', 'volume', 'symbol', '-'] as const;
export type FieldRole = (typeof fieldRoles)[number];

/** How the bars of one vendor or program are written: facts only; the reader that uses them knows no vendor. */
export interface Layout {
  /** Name on the command line: `--layout kibot`. */
  readonly id: string;
  readonly title: string;
  /** Where the facts are from. */
  readonly source: string;
  /** The first lines of such a file. */
  readonly example: readonly string[];
  /** Fields by position, where files have no header line. */
  readonly fields?: readonly FieldRole[];
  /** Header of a column, exactly, where its usual names would find none or another one. */
  /** `volume: 'Up+Down'` is the sum of two columns. */
  readonly names?: Readonly<Partial<Record<FieldRole, string>>>;
  /** Headers that show this layout when all of them occur; they are compared without case and punctuation. */
  readonly signature?: readonly string[];
  /** True if the signature occurs in no other layout: the file then need not be declared. */
  readonly distinct?: boolean;
  /** Zone of stamps without an offset (null: each file's own, it must be declared). */
  readonly zone: string | null;
  readonly stamp: 'start' | 'end';
  /** As such files usually are; the rows themselves show it. */
  readonly order: 'ascending' | 'descending' | null;
  readonly dates?: DateOrder;
  readonly separator?: ',' | ';' | '\t';
  readonly decimal?: 'point' | 'comma';
  /** True if prices without a decimal point count billionths. */
  readonly fixedPoint?: boolean;
  /** The file has no volume, or zeros in its place. */
  readonly volume?: 'none';
  /** Header of a column that is the volume, in place of that in `names`, where it is not 0 throughout the beginning of the file. */
  readonly preferredVolume?: string;
  /** What a user has to know beside this. */
  readonly note?: string;
}
