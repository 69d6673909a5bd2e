import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { AssayError, messageOf } from '../core/errors.ts';

/** Writes a file that appears whole or not at all, and replaces one that is there. @throws AssayError `usage` */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new AssayError('usage', `${path} cannot be written: ${messageOf(cause)}`, {
      hint: 'check that the folder exists and that you may write to it',
      cause,
    });
  }
}
