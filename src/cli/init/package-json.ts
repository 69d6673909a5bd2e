import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { starterDependency, starterScripts } from './starter.ts';

export interface ChangedPackage {
  /** The whole file. */
  readonly text: string;
  /** What was added, as `scripts.search`. */
  readonly added: readonly string[];
  /** Scripts that are there under our names and do something else. */
  readonly taken: readonly string[];
}

const texts = z.record(z.string(), z.string());
const manifestSchema = z.looseObject({
  name: z.string().optional(),
  scripts: texts.optional(),
  dependencies: texts.optional(),
  devDependencies: texts.optional(),
});

/** The package.json of a folder that has none. */
export function newPackage(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const manifest = {
    // A package called as one of its dependencies cannot be installed.
    name: name === '' || name === 'assay' ? 'studies' : name,
    private: true,
    type: 'module',
    scripts: starterScripts,
    dependencies: starterDependency,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Adds the scripts and the dependency that a package.json lacks; what is there stays as it is.
 * @throws AssayError `config_invalid` for a text that is no package.json, `usage` for that of Assay itself
 */
export function extendedPackage(text: string, place: string): ChangedPackage {
  const manifest = parsed(text, place);
  if (manifest.name === 'assay')
    throw new AssayError('usage', 'this is Assay itself', { place, hint: 'name the folder of a project of yours' });
  const { scripts = {}, dependencies = {}, devDependencies = {} } = manifest;
  const missing = Object.entries(starterScripts).filter(([name]) => scripts[name] === undefined);
  const needed = 'assay' in dependencies || 'assay' in devDependencies ? {} : starterDependency;
  const added = [...missing.map(([name]) => `scripts.${name}`), ...Object.keys(needed).map((name) => `dependencies.${name}`)];
  const taken = Object.entries(starterScripts).flatMap(([name, script]) => ((scripts[name] ?? script) === script ? [] : [name]));
  if (added.length === 0) return { text, added, taken };
  const changed = {
    ...manifest,
    scripts: { ...scripts, ...Object.fromEntries(missing) },
    ...(Object.keys(needed).length > 0 && { dependencies: { ...dependencies, ...needed } }),
  };
  return { text: `${JSON.stringify(changed, null, indentOf(text))}\n`, added, taken };
}

function parsed(text: string, place: string): z.infer<typeof manifestSchema> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    // As it was read: what the schema returns has its keys in another order.
    manifestSchema.parse(value);
    return value as z.infer<typeof manifestSchema>;
  } catch (cause) {
    const because = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new AssayError('config_invalid', `this is no package.json: ${because}`, {
      place,
      hint: 'correct the file, then run again',
      cause,
    });
  }
}

/** The white space in front of the first key. */
function indentOf(text: string): string {
  return /^\uFEFF?\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
}
