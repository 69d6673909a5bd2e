import { existsSync } from 'node:fs';
import { namePattern } from '../core/address.ts';

/** True for a study file, false for a stored study: its name has no folder and no ending of a program. A file with such a name goes first. */
export function isStudyFile(study: string): boolean {
  return existsSync(study) || !namePattern.test(study) || /\.[cm]?[jt]s$/.test(study);
}
