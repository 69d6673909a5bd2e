import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

const projects = ['programs', 'alone', 'others'];

/** Folders whose files take longer, because they use a database. */
const longer = ['tests/', 'src/storage/', 'src/api/', 'src/runner/'];

/**
 * Runs the projects one after the other and the folders of longer files first, so that at the end only short files are left and the workers
 * end together. The order is the same in every run and on every machine.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification): readonly [number, number, string] => {
      const path = moduleId.slice(project.config.root.length + 1);
      const folder = longer.findIndex((prefix) => path.startsWith(prefix));
      return [projects.indexOf(project.name), folder < 0 ? longer.length : folder, path];
    };
    return files
      .map((file) => ({ file, rank: rankOf(file) }))
      .toSorted(({ rank: a }, { rank: b }) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1))
      .map(({ file }) => file);
  }
}
