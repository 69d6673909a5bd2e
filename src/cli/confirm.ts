import { createInterface } from 'node:readline/promises';
import { AssayError } from '../core/errors.ts';
import type { Io } from './io.ts';

/**
 * Ask a person before something that cannot be undone, or for another reason `why`.
 * @throws AssayError `usage` if there is no terminal and `--yes` was not given; `conflict` when the answer is no.
 */
export async function confirm(
  io: Io,
  { yes = false }: { readonly yes?: boolean },
  question: string,
  why = 'this cannot be undone',
): Promise<void> {
  if (yes) return;
  const isTerminal = 'isTTY' in io.in && io.in.isTTY === true && io.err.isTerminal;
  if (!isTerminal) throw new AssayError('usage', `${why}, and there is no terminal to ask at`, { hint: 'add --yes' });
  io.err.write(`${question} [y/N] `);
  const lines = createInterface({ input: io.in });
  try {
    const { value } = await lines[Symbol.asyncIterator]().next();
    if (!/^y(es)?$/i.test(String(value ?? '').trim())) throw new AssayError('conflict', 'nothing was changed');
  } finally {
    lines.close();
  }
}
