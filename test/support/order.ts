import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes a minute or more, most of it waiting: begun last, it would run on alone. */
const LONG = ['e2e/failure-modes', 'faults/storm', 'faults/soak', 'e2e/reports', 'e2e/objectives', 'e2e/incidents'];

/** Vitest's own order (what is known of the last run, or the size), with the long files at its head. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      LONG.some((name) => moduleId.includes(`/test/${name}.`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
