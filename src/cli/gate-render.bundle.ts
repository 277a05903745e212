/** Definitions that a program of the judged commit makes: it is run in an export of that commit's files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { CommitDefinition, RenderDefinition } from '../gitflow/lifecycle';
import type { RepositoryFiles } from '../gitflow/lifecycle/files';
import { type FoundPipeline, preferredPipeline } from '../sources/find';
import { readProject } from '../sources/project';
import { reachLocal } from './connections';
import { renderFound } from './run/pipeline';

/** How programs are rendered for the gates. */
export interface RenderingOptions {
  /** The data folder of Local. */
  data: string | undefined;
  /** The interpreter that the user chose. */
  python: string | undefined;
}

/** Renders what a commit's own program makes, in a folder that is gone afterwards. The user has consented to run it. */
export function renderOf(files: RepositoryFiles, { data, python }: RenderingOptions): RenderDefinition {
  return async ({ treeish, pipeline, path }, signal) => {
    const home = files.git.directory;
    const place = await mkdtemp(join(tmpdir(), 'mlops-flow-render-'));
    try {
      // Names that nobody gives are made of the folder's.
      const root = join(place, basename(home));
      await files.export(treeish, root);
      const project = await readProject(root, signal);
      const found = project.pipelines.filter((one) => path === undefined || one.path === path);
      const named = found.filter(({ name }) => name === pipeline);
      const source = preferredPipeline(named.length > 0 ? named : found.filter(({ name }) => name === undefined));
      return source && (await made(source));

      async function made(from: FoundPipeline): Promise<CommitDefinition | undefined> {
        const local = await reachLocal(data, true);
        try {
          const options = { local, data, python, install: false, signal, home };
          const { pipelines } = await renderFound(project, from, {}, options);
          const definition = pipelines.find(({ name }) => name === pipeline)?.definition;
          return definition === undefined ? undefined : { path: from.path, text: definition, rendered: true };
        } finally {
          await local.stop();
        }
      }
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  };
}
