import { AssayError } from '../core/errors.ts';
import { schemeOf } from '../validation/schemes/parse.ts';

/** @throws AssayError `usage` for a text that is no scheme of folds */
export function checkScheme(text: string): void {
  try {
    schemeOf(text);
  } catch (error) {
    if (error instanceof AssayError)
      throw new AssayError('usage', error.message, { place: '--scheme', ...(error.hint !== undefined && { hint: error.hint }) });
    throw error;
  }
}
