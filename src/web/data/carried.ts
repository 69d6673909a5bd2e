import type { ReportDocument } from '../../cli/report/document.ts';
import { Problem } from './problem.ts';

let carried: Pick<ReportDocument, 'answers' | 'problems'> | null = null;

/** From now on the answers are these, by address: a report has no server to ask. */
export function carry(report: Pick<ReportDocument, 'answers' | 'problems'>): void {
  carried = report;
}

/** True in a report. */
export function isCarried(): boolean {
  return carried !== null;
}

/** @throws Problem for an address whose answer is not there */
export function carriedAnswer(address: string): unknown {
  const problem = carried?.problems[address];
  if (problem !== undefined) throw new Problem({ status: 409, ...problem });
  const answer = carried?.answers[address];
  if (answer === undefined)
    throw new Problem({ status: 404, code: 'not_found', detail: `this report does not hold ${address}`, hint: 'assay serve shows it' });
  return answer;
}
