import { AssayError } from '../../core/errors.ts';
import { cpcvScheme } from './cpcv.ts';
import { anchored, rolling } from './forward.ts';
import type { FoldScheme } from './scheme.ts';

/**
 * The scheme that a text names: `anchored`, `rolling`, `rolling:40` (sessions to train on), `cpcv:6,2` (groups, of which each fold tests so
 * many).
 * @throws AssayError `config_invalid` for another text and for groups that cannot be
 */
export function schemeOf(text: string): FoldScheme {
  if (text === 'anchored') return anchored;
  if (text === 'rolling') return rolling();
  const length = /^rolling:([1-9]\d{0,5})$/.exec(text)?.[1];
  if (length !== undefined) return rolling(Number(length));
  const [, groups, test] = /^cpcv:([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(text) ?? [];
  if (groups !== undefined) return cpcvScheme(Number(groups), Number(test));
  throw new AssayError('config_invalid', `${JSON.stringify(text)} is no scheme of folds`, {
    hint: 'write anchored, rolling, rolling:<sessions to train on> or cpcv:<groups>,<groups that each fold tests>, such as cpcv:6,2',
  });
}
