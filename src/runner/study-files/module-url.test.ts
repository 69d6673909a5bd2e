import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { moduleFileOf, moduleUrlOf } from './module-url.ts';

const checkout = resolve(import.meta.dirname, '../../..');

describe('the name of a study file', () => {
  test.each(['studies/quickstart.ts', 'studies/deep/with space.ts', 'studies/50%.ts', 'studies/größe#1?.ts'])(
    'below the checkout says nothing of where that lies: %s',
    (path) => {
      const url = moduleUrlOf(join(checkout, path));
      expect(url).toMatch(/^assay:studies\//);
      expect(url).not.toContain(checkout);
      expect(moduleFileOf(url)).toBe(join(checkout, path));
    },
  );

  test.each(['/elsewhere/x.ts', `${checkout}-2/studies/x.ts`, '/a b/50%.ts'])('elsewhere is a file: URL: %s', (path) => {
    const url = moduleUrlOf(path);
    expect(url).toMatch(/^file:\/\/\//);
    expect(moduleFileOf(url)).toBe(path);
  });

  test.each(['ask-tell:', 'file://server/share/x.ts', 'assay:studies/%zz.ts'])('names no file of this machine: %s', (url) => {
    expect(() => moduleFileOf(url)).toThrow(
      expect.objectContaining({ code: 'unavailable', message: `${url} names no file of this machine` }),
    );
  });
});
