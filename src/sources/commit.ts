/** Definitions that a program of another commit makes: it is run in an export of that commit's files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RenderDefinition } from '../gitflow/lifecycle';
import { type FoundPipeline, preferredPipeline } from './find';
import { type Project, type RenderedSource, readProject } from './project';

/** The repository that commits are taken from. */
export interface CommitSource {
  /** Its root: a Python of the project may lie there. */
  root: string;
  /** Writes the files of a commit or tree into a folder that it makes. */
  export(treeish: string, folder: string): Promise<void>;
}

/** Renders a source of an exported project. */
export type RenderExported = (
  project: Project,
  source: FoundPipeline,
  signal: AbortSignal,
) => Promise<Pick<RenderedSource, 'pipelines'>>;

/** Renders what a commit's own program makes, in a folder that is gone afterwards. The user has consented to run it. */
export function renderAtCommit(from: CommitSource, render: RenderExported): RenderDefinition {
  return async ({ treeish, pipeline, path }, signal) => {
    const place = await mkdtemp(join(tmpdir(), 'mlops-flow-render-'));
    try {
      // Names that nobody gives are made of the folder's.
      const root = join(place, basename(from.root));
      await from.export(treeish, root);
      const project = await readProject(root, signal);
      const found = project.pipelines.filter((one) => path === undefined || one.path === path);
      const named = found.filter(({ name }) => name === pipeline);
      const source = preferredPipeline(named.length > 0 ? named : found.filter(({ name }) => name === undefined));
      if (source === undefined) return undefined;
      const { pipelines } = await render(project, source, signal);
      const definition = pipelines.find(({ name }) => name === pipeline)?.definition;
      return definition === undefined ? undefined : { path: source.path, text: definition, rendered: true };
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  };
}
