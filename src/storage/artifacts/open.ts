import { createFileStore } from './files.ts';
import { createS3Store, s3PlaceOf } from './s3.ts';
import type { ArtifactStore } from './store.ts';

/**
 * Returns the store that ASSAY_ARTIFACTS names (`s3://bucket/prefix`), else one of files below the data directory.
 * @throws AssayError `config_invalid` for an invalid URL or missing settings.
 */
export function createArtifactStore(dataDir: string, environment: NodeJS.ProcessEnv = process.env): ArtifactStore {
  const place = environment['ASSAY_ARTIFACTS'] ?? '';
  return place === '' ? createFileStore(dataDir) : createS3Store(s3PlaceOf(place, environment), dataDir);
}
