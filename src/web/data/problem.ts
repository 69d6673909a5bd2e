/** What the API says of a request that it cannot answer (RFC 9457), or what stands for it when no answer came. */
export class Problem extends Error {
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor({ status, code, detail, hint = '' }: { status: number; code: string; detail: string; hint?: string | undefined }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  /** True: the server or its database is away for now, so the same question may be answered later. */
  get isAway(): boolean {
    return [0, 502, 503, 504].includes(this.status);
  }
}

/** @returns the problem of an answer whose status is not 2xx, also where a proxy wrote it and not the API. */
export async function problemOf(answer: Response): Promise<Problem> {
  const { status } = answer;
  const told = (await answer.json().catch(() => null)) as { code?: string; detail?: string; hint?: string } | null;
  const code = told?.code ?? 'unreadable';
  return new Problem({ status, code, detail: told?.detail ?? `the server answered ${status} ${answer.statusText}`, hint: told?.hint });
}

/** The problem of a request that got no answer at all. */
export function noAnswer(cause: unknown): Problem {
  const detail =
    cause instanceof Error && cause.name === 'TimeoutError' ? 'the server did not answer in time' : 'the server cannot be reached';
  return new Problem({ status: 0, code: 'no_answer', detail, hint: 'the page asks again by itself; is `assay serve` running?' });
}
