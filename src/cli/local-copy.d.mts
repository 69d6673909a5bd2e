export function localCopy(
  folder: string,
  root?: string,
): { readonly version: string; readonly folder: string; readonly url: string } | null;
