/** Variables of the platform, its database, its stores and the vendors that it knows: a trainer needs none of them. */
const withheld = /^(ASSAY_|PG|DATABASE_URL$|AWS_|DATABENTO_|POLYGON_|ALPACA_|APCA_)/;

/** The environment of a trainer: that of this process without the platform's secrets. */
export function trainerEnvironment(
  own: NodeJS.ProcessEnv,
  { token, threads }: { readonly token: string; readonly threads: number },
): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => !withheld.test(name))),
    ASSAY_TRAINER: token,
    // Lines arrive when they are written.
    PYTHONUNBUFFERED: '1',
    // Libraries that compute would otherwise take every core in each worker.
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
  };
}
