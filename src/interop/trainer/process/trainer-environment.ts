/** Variables of the platform and its database, which a trainer needs none of. */
const withheld = /^(ASSAY_|PG|DATABASE_URL$)/;

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
