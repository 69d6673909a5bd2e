/** A field of a request that does not fit. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What the server said in place of an answer (RFC 9457), or that none came: `status` 0 and `code` `no_answer`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** What went wrong, in a word: `not_found`, `changed`, `conflict`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;
  readonly errors: readonly FieldFault[];
  /** Milliseconds after which the server says that the request may be sent again (null: it does not say). */
  readonly retryAfterMs: number | null;

  constructor(said: {
    status: number;
    code: string;
    message: string;
    hint?: string;
    errors?: readonly FieldFault[];
    retryAfterMs?: number | null;
    cause?: unknown;
  }) {
    super(said.message, said.cause === undefined ? {} : { cause: said.cause });
    this.status = said.status;
    this.code = said.code;
    this.hint = said.hint ?? '';
    this.errors = said.errors ?? [];
    this.retryAfterMs = said.retryAfterMs ?? null;
  }
}

export const noAnswer = (url: string, cause: unknown): ApiProblem =>
  new ApiProblem({
    status: 0,
    code: 'no_answer',
    message: `no answer from ${url}: ${reasonOf(cause)}`,
    hint: 'check that `assay serve` runs there and that its port can be reached',
    cause,
  });

/** Fetch hides why it failed in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

/** What an answer that is no success says; something between client and server may have sent it. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status, headers } = response;
  const text = await response.text().catch(() => '');
  const said = fieldsOf(text);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem({
    status,
    code: typeof said['code'] === 'string' ? said['code'] : `http_${status}`,
    message:
      typeof said['detail'] === 'string' ? said['detail'] : `the server answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`,
    hint: typeof said['hint'] === 'string' ? said['hint'] : '',
    errors: Array.isArray(said['errors']) ? (said['errors'] as readonly FieldFault[]) : [],
    retryAfterMs: Number.isFinite(seconds) ? 1000 * seconds : null,
  });
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
