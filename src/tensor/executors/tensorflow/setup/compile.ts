import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AssayError, messageOf } from '../../../../core/errors.ts';
import { packageRoot } from '../../../../core/package-root.ts';
import { addonOf, environmentAddonOf } from '../home.ts';

const run = promisify(execFile);
const environmentSource = join(packageRoot, 'src/tensor/executors/tensorflow/setup/environment.cc');

/** Returns the C++ compiler: CXX of the environment, else g++. @throws `unavailable` if it does not run. */
export async function findCompiler(): Promise<string> {
  const compiler = process.env['CXX'] || 'g++';
  try {
    await run(compiler, ['--version']);
  } catch (cause) {
    throw new AssayError('unavailable', `no C++ compiler: ${compiler} does not run`, {
      cause,
      hint: 'install one (Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++) or name one in CXX',
    });
  }
  return compiler;
}

/** Folders of the compilation. */
export interface CompileFolders {
  /** The package @tensorflow/tfjs-node-gpu, with its sources. */
  readonly tfjsNode: string;
  /** The package node-api-headers. */
  readonly nodeApi: string;
  /** The runtime's folder: holds the libraries and receives the add-ons. */
  readonly home: string;
}

/** Compiles the add-on of tfjs-node against the libraries in `home`, which it finds by a relative path, and the environment add-on. */
export async function compileAddons(compiler: string, { tfjsNode, nodeApi, home }: CompileFolders): Promise<void> {
  const libraries = join(home, 'tensorflow');
  const nodeHeaders = `-I${join(nodeApi, 'include')}`;
  await compile(compiler, [nodeHeaders, environmentSource, '-o', environmentAddonOf(home)]);
  await compile(compiler, [
    nodeHeaders,
    ...[tfjsNode, dirname(tfjsNode), join(libraries, 'include')].map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(tfjsNode, 'binding', file)),
    ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => join(libraries, file)),
    '-Wl,-rpath,$ORIGIN/tensorflow',
    '-o',
    addonOf(home),
  ]);
}

async function compile(compiler: string, parameters: readonly string[]): Promise<void> {
  const all = ['-O2', '-shared', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8', ...parameters];
  try {
    await run(compiler, all);
  } catch (cause) {
    throw new AssayError('unavailable', `the TensorFlow add-on does not compile: ${messageOf(cause)}`, {
      cause,
      hint: 'the compiler must know C++17 (g++ from version 8); another one can be named in CXX',
    });
  }
}
