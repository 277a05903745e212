import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Opening, Workbench } from './workbench';

/**
 * Opens a workbench for the tests of a file, which run in their order, and closes it after them. What was seen when a
 * test failed is kept in test-results.
 */
export function story(opening?: Opening): { readonly workbench: Workbench } {
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    workbench = await Workbench.open(opening);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench?.evidence(task.name);
  });
  afterAll(() => workbench?.close());
  return {
    get workbench() {
      if (!workbench) throw new Error('The workbench is not open yet.');
      return workbench;
    },
  };
}
