import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export type Bytes = Uint8Array<ArrayBuffer>;

export interface PageFile {
  readonly type: string;
  readonly bytes: Bytes;
  /** The same in fewer bytes, by the name of the coding; the shortest first. */
  readonly coded: Readonly<Partial<Record<'br' | 'gzip', Bytes>>>;
}

/** The files of built pages, by their paths (`/assets/index-x.js`). All in memory, some hundred kilobytes: the folder may go while they are served. */
export type PageFiles = ReadonlyMap<string, PageFile>;

export async function readPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== 'report.html')
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length));
  const twins = new Set(paths.filter((path) => path.endsWith('.br')));
  const files = paths
    .filter((path) => !twins.has(path))
    .map(async (path): Promise<[string, PageFile]> => {
      const bytes = new Uint8Array(await readFile(join(folder, path)));
      const type = types[extname(path)] ?? 'application/octet-stream';
      const twin = `${path}.br`;
      const coded = twins.has(twin)
        ? { br: new Uint8Array(await readFile(join(folder, twin))), gzip: new Uint8Array(await compress(bytes, { level: 9 })) }
        : {};
      return [path.split(sep).join('/'), { type, bytes, coded }];
    });
  return new Map(await Promise.all(files));
}
