import type { Connection } from '../../../src/storage/connect.ts';
import { runPeer } from '../peers/python.ts';

export interface OptunaRates {
  readonly perSecond: number;
  /** With ten reports and the median pruner. */
  readonly pruningPerSecond: number;
  /** Of a trial, on average; without `begin`. */
  readonly statements: number;
  readonly commits: number;
}

/** What Optuna's RDBStorage does of the same work; rates over some seconds, so that its histories stay shorter than ours. */
export interface OptunaResults {
  readonly random: OptunaRates;
  readonly tpe: OptunaRates;
  readonly bestMs: number;
  readonly loadMs: number;
  readonly listMs: number;
}

const databases = ['assay_bench_optuna', 'assay_bench_optuna_list'] as const;

/** In two databases of its own on our server, which are dropped afterwards. Nothing of ours runs meanwhile. */
export async function measureOptuna({ pool }: Pick<Connection, 'pool'>, workers: number): Promise<OptunaResults> {
  const drop = async (): Promise<void> => {
    for (const name of databases) await pool.query(`drop database if exists ${name} with (force)`);
  };
  await drop();
  try {
    for (const name of databases) await pool.query(`create database ${name}`);
    const [url, listUrl] = databases.map((name) => urlOf(pool.options.connectionString!, name));
    const work = { url, listUrl, workers, seconds: 15, history: 10_000, studies: 20, trialsEach: 850 };
    return runPeer<OptunaResults>('storage.py', [], JSON.stringify(work));
  } finally {
    await drop();
  }
}

/** Another database of the same server, as SQLAlchemy names it. */
function urlOf(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.protocol = 'postgresql:';
  url.pathname = `/${database}`;
  return url.href.replace('postgresql:', 'postgresql+psycopg2:');
}
