/** Definitions that a program of the judged commit makes, for the gates. */
import type { RenderDefinition } from '../gitflow/lifecycle';
import type { RepositoryFiles } from '../gitflow/lifecycle/files';
import { renderAtCommit } from '../sources/commit';
import { reachLocal } from './connections';
import { renderFound } from './run/pipeline';

/** How programs are rendered for the gates. */
export interface RenderingOptions {
  /** The data folder of Local. */
  data: string | undefined;
  /** The interpreter that the user chose. */
  python: string | undefined;
}

/** Renders what a commit's own program makes, on Local. The user has consented to run it. */
export function renderOf(files: RepositoryFiles, { data, python }: RenderingOptions): RenderDefinition {
  const home = files.git.directory;
  const from = { root: home, export: (treeish: string, folder: string) => files.export(treeish, folder) };
  return renderAtCommit(from, async (project, source, signal) => {
    const local = await reachLocal(data, true);
    try {
      return await renderFound(project, source, {}, { local, data, python, install: false, signal, home });
    } finally {
      await local.stop();
    }
  });
}
