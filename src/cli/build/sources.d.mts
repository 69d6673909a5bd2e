export function sourceFilesOf(root: string): readonly string[];
export function signatureOf(
  root: string,
  files: readonly string[],
  nowMs?: number,
): { readonly signature: string; readonly isSettled: boolean };
export function contentHashOf(root: string, files: readonly string[]): string;
