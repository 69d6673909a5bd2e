import type { ApiOptions } from '../../api/app.ts';
import { AssayError, errorCodeOf } from '../../core/errors.ts';

/** What the API answers to a GET of the address. @throws AssayError as the command line has it */
export type Answers = (address: string) => Promise<unknown>;

/** Asks the API without a server: a picture shows exactly what a page shows. */
export async function answersOf(options: Pick<ApiOptions, 'db' | 'dataDir'>): Promise<Answers> {
  const { createApi } = await import('../../api/app.ts');
  let fault: unknown;
  const api = createApi({ ...options, onFault: (error) => (fault = error) });
  return async (address) => {
    const answer = await api.request(`http://localhost${address}`);
    if (answer.ok) return answer.json();
    if (answer.status >= 500 && fault !== undefined) throw fault;
    const { code, detail, hint } = (await answer.json()) as { readonly code: string; readonly detail: string; readonly hint: string };
    throw new AssayError(errorCodeOf(code), detail, hint === '' ? {} : { hint });
  };
}
