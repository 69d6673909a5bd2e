import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Folders whose files take longest, because they start processes or servers. */
const slowest = ['tests/runner/', 'tests/e2e/', 'tests/', 'src/storage/', 'src/api/', 'src/runner/'];

/**
 * Runs the files of the slowest folders first, so that at the end only short files are left and the workers end together. The order is the
 * same in every run and on every machine. Files that share a process are not interrupted by files that do not, which would end the process.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification): readonly [number, number, string] => {
      const path = moduleId.slice(project.config.root.length + 1);
      const folder = slowest.findIndex((prefix) => path.startsWith(prefix));
      return [project.config.isolate ? 0 : 1, folder < 0 ? slowest.length : folder, path];
    };
    return files
      .map((file) => ({ file, rank: rankOf(file) }))
      .toSorted(({ rank: a }, { rank: b }) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1))
      .map(({ file }) => file);
  }
}
