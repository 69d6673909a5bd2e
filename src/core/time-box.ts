import { createContext, Script } from 'node:vm';
import { AssayError } from './errors.ts';

const context = createContext({ run: null });
const script = new Script('run()');

/** What runs, and what to say where it does not end. */
export interface Boxed {
  /** `a suggestion of the sampler tpe`. */
  readonly what: string;
  readonly place: string;
  readonly hint: string;
}

/**
 * Runs a synchronous function and terminates it after a time limit. Without a limit, an endless function would block timers and signals of
 * the process. A call inside such a function has the limit of the outer one.
 * @throws AssayError `study_invalid` if it took longer than the limit; what the function throws
 */
export function timeBoxed<T>({ what, place, hint }: Boxed, limitMs: number, run: () => T): T {
  if (context['run'] !== null) return run();
  context['run'] = run;
  try {
    return script.runInContext(context, { timeout: limitMs }) as T;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new AssayError('study_invalid', `${what} took longer than ${limitMs / 1000} s`, { place, hint });
  } finally {
    context['run'] = null;
  }
}
