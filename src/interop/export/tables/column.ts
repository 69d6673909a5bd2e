/** A column of an exported table. A cell that is null is not there; NaN is a number. */
export interface Column<Row> {
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'text' | 'boolean' | 'time' | 'json';
  readonly cell: (row: Row) => Cell;
}

/** `json` cells are JSON texts. */
export type Cell = number | string | boolean | Date | null;

/** Rows of a study that are exported together. */
export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  readonly pages: AsyncIterable<readonly Row[]>;
  /** A row as one JSON value, where that is not its columns by name. */
  readonly item?: (row: Row) => object;
}
