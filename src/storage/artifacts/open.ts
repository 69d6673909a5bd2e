import { AssayError } from '../../core/errors.ts';
import { createFileStore } from './files.ts';
import type { ArtifactStore } from './store.ts';

/**
 * The store that ASSAY_ARTIFACTS names (`s3://bucket/prefix`), else files below the data directory.
 * @throws AssayError `config_invalid` for a store that cannot be.
 */
export function createArtifactStore(dataDir: string, environment: NodeJS.ProcessEnv = process.env): ArtifactStore {
  const place = environment['ASSAY_ARTIFACTS'] ?? '';
  if (place === '') return createFileStore(dataDir);
  throw new AssayError('config_invalid', `ASSAY_ARTIFACTS=${place} names no store`, {
    hint: 'leave it empty for files below the data directory',
  });
}
