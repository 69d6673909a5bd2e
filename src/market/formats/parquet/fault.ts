/** What is wrong with a Parquet file, without its path; `openParquet` and `readParquetRows` turn it into an `AssayError`. */
export class ParquetFault extends Error {
  override readonly name = 'ParquetFault';
  readonly hint: string;

  constructor(message: string, hint = 'the file is truncated or damaged: write or download it again') {
    super(message);
    this.hint = hint;
  }
}
