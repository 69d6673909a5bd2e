/** The layers of docs/architecture.md: each folder of src may import only what stands before it. */
const layers = [
  ['core', 'client'],
  ['search', 'tensor', 'market', 'plot'],
  ['features', 'validation'],
  ['trading'],
  ['storage'],
  ['runner', 'registry', 'live', 'testing'],
  ['interop'],
  ['api', 'cli'],
  ['web'],
];

const folders = (list) => `^src/(${list.join('|')})/`;

/** A folder may not import from its own row's neighbours, nor from any later row. */
const upward = layers.flatMap((row, index) =>
  row.map((folder) => {
    const forbidden = [...row.filter((other) => other !== folder), ...layers.slice(index + 1).flat()];
    return { folder, forbidden };
  }),
);

/** Runner uses the registry's evidence verbs nowhere; the command line starts the API server. */
const allowedNeighbours = { cli: ['api'] };

export default {
  forbidden: [
    ...upward
      .map(({ folder, forbidden }) => ({
        folder,
        forbidden: forbidden.filter((other) => !(allowedNeighbours[folder] ?? []).includes(other)),
      }))
      .filter(({ forbidden }) => forbidden.length > 0)
      .map(({ folder, forbidden }) => ({
        name: `layer-${folder}`,
        severity: 'error',
        comment: `src/${folder} may import only layers below it`,
        from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
        to: { path: folders(forbidden) },
      })),
    {
      name: 'threads-stay-light',
      severity: 'error',
      comment: 'what a worker thread loads must not reach the database, the pool or the web server',
      from: {
        path: [
          '^(studies|examples)/',
          '^src/index\\.ts$',
          '^src/runner/thread/',
          '^src/(core|search|tensor|market|features|validation|trading)/',
        ],
        pathNot: '\\.test\\.ts$',
      },
      to: {
        reachable: true,
        path: 'node_modules/(pg|drizzle-orm|hono|piscina)/',
      },
    },
    {
      name: 'web-imports-types',
      severity: 'error',
      comment: 'what a browser loads: of the rooms outside src/web it may take values from src/plot only, which needs no Node',
      from: { path: '^src/web/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/', pathNot: '^src/(web|plot)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'plot-stands-alone',
      severity: 'error',
      comment: 'a browser loads it as it is: it may import nothing of Node, of a package or of another room',
      from: { path: '^src/plot/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/plot/' },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      comment: 'a browser loads it as it is: it may import nothing of Node, of a package or of another room',
      from: { path: '^src/client/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/client/' },
    },
    {
      name: 'studies-use-the-public-entry',
      severity: 'error',
      comment: 'studies and examples import the package by the names of its entries only',
      from: { path: '^(studies|examples)/' },
      to: { path: '^src/', pathNot: '^src/(testing/|client/)?index\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^#'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
