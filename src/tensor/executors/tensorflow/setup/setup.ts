import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataDirOf, makeDataDir } from '../../../../core/data-dir.ts';
import { AssayError } from '../../../../core/errors.ts';
import type { Build, RuntimeFacts } from '../home.ts';
import { factsFileOf, homeOf, installedRuntimes } from '../home.ts';
import { packageFolderOf } from '../package.ts';
import { compileAddons, findCompiler } from './compile.ts';
import { fetchWheel, fileNameOf } from './download.ts';
import { extract } from './extract.ts';
import type { Wheel } from './wheels.ts';
import { diskBytes, tensorflowVersion, wanted, wheelsOf } from './wheels.ts';

export interface SetupOptions {
  readonly build: Build;
  readonly dataDir?: string;
  /** A folder that holds the wheels already, for machines without a network. */
  readonly wheels?: string;
  /** Repeats a setup that is complete. */
  readonly force?: boolean;
  readonly say?: (text: string) => void;
}

const tfjsPackage = '@tensorflow/tfjs-node-gpu';

/**
 * Sets up TensorFlow on this machine: extracts its libraries from the Python wheels to the data directory and compiles the add-on of the
 * tfjs package against them. A complete setup is kept; an interrupted one leaves nothing that is used.
 */
export async function setupTensorflow(options: SetupOptions): Promise<{ readonly home: string; readonly facts: RuntimeFacts }> {
  const { build, dataDir, wheels: given, force = false, say = () => undefined } = options;
  const home = homeOf(build, dataDir);
  const wheels = wheelsHere(build);
  const packageFolder = packageFolderOf(tfjsPackage);
  const facts: RuntimeFacts = {
    tensorflow: tensorflowVersion,
    build,
    wheels: wheels.map(({ sha256 }) => sha256),
    addon: await versionOf(packageFolder),
  };
  const there = installedRuntimes(dataDir).find((runtime) => runtime.home === home);
  if (!force && there !== undefined && JSON.stringify(there.facts) === JSON.stringify(facts)) {
    say(`TensorFlow ${facts.tensorflow} (${build}) is set up in ${home}`);
    return there;
  }

  const compiler = await findCompiler();
  const work = `${home}.new-${process.pid}`;
  makeDataDir(dataDirOf(dataDir));
  await mkdir(work, { recursive: true });
  try {
    await checkDisk(work, build);
    const total = wheels.reduce((sum, { bytes }) => sum + bytes, 0);
    say(`${given === undefined ? 'downloading' : 'taking'} ${wheels.length} files, ${megabytes(total)} in all, for ${home}`);
    for (const wheel of wheels) {
      say(`  ${fileNameOf(wheel)}, ${megabytes(wheel.bytes)}`);
      const file = await fetchWheel(wheel, work, given);
      const count = await extract(file, work, wanted);
      if (count === 0) throw new AssayError('data_invalid', `${fileNameOf(wheel)} contains none of the expected files`);
      if (given === undefined) await rm(file);
    }
    say(`compiling the add-on of ${tfjsPackage} ${facts.addon}`);
    await compileAddons(compiler, { tfjsNode: packageFolder, nodeApi: packageFolderOf('node-api-headers'), home: work });
    await writeFile(factsFileOf(work), `${JSON.stringify(facts, null, 2)}\n`);
    await rm(home, { recursive: true, force: true });
    await mkdir(dirname(home), { recursive: true });
    await rename(work, home);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  return { home, facts };
}

function wheelsHere(build: Build): readonly Wheel[] {
  const machine = `${process.platform}-${process.arch}`;
  const builds = wheelsOf[machine];
  if (builds !== undefined) return builds[build];
  throw new AssayError('unavailable', `there is no TensorFlow build for ${machine}, only for ${Object.keys(wheelsOf).join(', ')}`, {
    hint: 'the executor onnx runs here',
  });
}

async function versionOf(packageFolder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

async function checkDisk(folder: string, build: Build): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= diskBytes[build]) return;
  throw new AssayError('unavailable', `${megabytes(bavail * bsize)} are free in ${folder}, ${megabytes(diskBytes[build])} are needed`, {
    hint: 'free some, or choose another data directory with --data-dir',
  });
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
