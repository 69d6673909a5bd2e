/** What others may import of the package, by the name of its file in `dist`: `assay`, `assay/testing`. package.json's `exports` names the same. */
export const publicEntries = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  client: 'src/client/index.ts',
};

/** The declarations of an entry below the folder of a build's types, as a module that is imported. */
export const typesOf = (source) => source.replace(/^src\//, './types/').replace(/\.ts$/, '.js');
