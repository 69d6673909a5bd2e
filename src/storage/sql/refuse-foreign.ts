import { AssayError } from '../../core/errors.ts';
import type { StudyRow } from '../schema/rows.ts';

/** Refuses what only the clients of a study's program can do. @throws AssayError `conflict` */
export function refuseForeign({ name, foreignKind }: Pick<StudyRow, 'name' | 'foreignKind'>, hint: string): void {
  if (foreignKind !== null) throw new AssayError('conflict', `study ${name} belongs to clients of ${foreignKind}`, { place: name, hint });
}
