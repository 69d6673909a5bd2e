/** What a report file carries beside its code. */
export interface ReportDocument {
  readonly study: string;
  /** Null: of the whole study. */
  readonly trial: number | null;
  readonly madeAt: string;
  /** Of the program that made it. */
  readonly version: string;
  /** Answers of the API by the address that the components ask for. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** What the API said where it had no answer, by address. */
  readonly problems: Readonly<Record<string, ReportProblem>>;
}

export interface ReportProblem {
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}
