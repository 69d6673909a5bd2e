import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from '../../../src/core/data-dir.ts';
import { AssayError, messageOf } from '../../../src/core/errors.ts';

const optuna = 'optuna==5.0.0';
const torch = 'torch==2.13.0';
const stableBaselines = 'stable-baselines3==2.9.0';
const transformers = 'transformers==5.23.0';
/** What each script needs. */
const packages = {
  'sac.py': [torch, stableBaselines],
  'recurrent_ppo.py': [torch, stableBaselines, 'sb3-contrib==2.9.0'],
  'mamba.py': [torch, transformers],
  'ask.py': [optuna, 'scipy==1.17.1', torch],
  'read_csv.py': ['pandas==3.1.1'],
  'dbn.py': ['databento-dbn==0.70.0'],
  'live.py': ['databento==0.88.0'],
  'start.py': [optuna, 'psycopg2-binary==2.9.13'],
  'features.py': ['pandas==3.1.1', 'polars==2.1.0', 'hmmlearn==0.3.3'],
  'storage.py': [optuna, 'psycopg2-binary==2.9.13'],
  'optuna_storage.py': [optuna, 'grpcio==1.85.3', 'protobuf==7.36.2'],
  'mlflow_tracking.py': ['mlflow==3.17.2'],
  'dashboards.py': [optuna, 'optuna-dashboard==0.21.0', 'mlflow==3.17.0'],
} as const;

/** The interpreter of a Python environment with these packages, made under the data directory at the first call. */
function peerPython(wanted: readonly string[]): string {
  const directory = join(dataDirOf(), 'peers', 'python');
  const python = join(directory, 'bin', 'python');
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', directory], { stdio: ['ignore', 'inherit', 'inherit'] });
    const installed = execFileSync(python, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).replaceAll('_', '-');
    const missing = wanted.filter((name) => !installed.includes(name));
    if (missing.length > 0) {
      console.error(`installing ${missing.join(' and ')} into ${directory}`);
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...missing], { stdio: ['ignore', 'inherit', 'inherit'] });
    }
    return python;
  } catch (cause) {
    throw new AssayError('unavailable', `the Python peers cannot be set up: ${messageOf(cause)}`, {
      cause,
      hint: 'needs python3 with venv, and a package index that pip can reach; without --peers only our own numbers are measured',
    });
  }
}

/** What each sampler of `search.py` needs. */
const searchPackages = {
  optuna_tpe: [optuna],
  optuna_gp: [optuna, 'scipy==1.17.1', torch],
  ax: ['ax-platform==1.3.1', torch],
  hebo: ['HEBO==0.3.6', torch],
  smac: ['smac==2.4.1'],
} as const;

/** How a sampler of another program is started. ASSAY_SEARCH_PEERS names a Python that has them; else one is set up. */
export function searchPeer(sampler: keyof typeof searchPackages): {
  readonly python: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
} {
  const python = process.env['ASSAY_SEARCH_PEERS'] ?? peerPython(searchPackages[sampler]);
  return { python, script: join(import.meta.dirname, 'search.py'), env: { ...process.env, ...oneThread } };
}

/** A program that comes with the packages of a script. */
export function peerProgram(script: keyof typeof packages, name: string): string {
  return join(peerPython(packages[script]), '..', name);
}

const oneThread = {
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  POLARS_MAX_THREADS: '1',
  OMP_WAIT_POLICY: 'passive',
};

/** Runs a peer's script on one thread and reads the JSON document it prints. `input` is what it finds on stdin. */
export function runPeer<Result>(script: keyof typeof packages, args: readonly string[], input = ''): Result {
  const output = execFileSync(peerPython(packages[script]), [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...oneThread },
    input,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Result;
}

/** The same for a script that asks a server of this process, which goes on meanwhile. */
export async function runPeerBeside<Result>(script: keyof typeof packages, input: string): Promise<Result> {
  const python = peerPython(packages[script]);
  const child = spawn(python, [join(import.meta.dirname, script)], {
    env: { ...process.env, ...oneThread },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Result;
}
