import { Problem } from './problem.ts';

let carried: Readonly<Record<string, unknown>> | null = null;

/** From now on the answers are these, by address: a report has no server to ask. */
export function carry(answers: Readonly<Record<string, unknown>>): void {
  carried = answers;
}

/** True in a report. */
export function isCarried(): boolean {
  return carried !== null;
}

/** @throws Problem for an address whose answer is not there */
export function carriedAnswer(address: string): unknown {
  const answer = carried?.[address];
  if (answer === undefined)
    throw new Problem({ status: 404, code: 'not_found', detail: `this report does not hold ${address}`, hint: 'assay serve shows it' });
  return answer;
}
