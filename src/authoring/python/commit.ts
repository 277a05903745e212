import { join } from 'node:path';
import { Uri } from 'vscode';
import type { RenderDefinition } from '../../gitflow/lifecycle';
import { type CommitSource, renderAtCommit } from '../../sources/commit';
import { renderSource } from '../../sources/project';
import { log } from '../../workbench';
import { savedArguments } from './ask-arguments';
import { interpreterFor } from './interpreter';
import { renderTimeout } from './rendered';
import type { PythonServices } from './services';

/** Renders what programs of other commits make, with the Python of the workspace. The user has consented to run them. */
export function commitRenderer(services: PythonServices, from: CommitSource): RenderDefinition {
  return renderAtCommit(from, async (project, source, signal) => {
    const python = await interpreterFor(Uri.file(join(from.root, source.path)));
    return renderSource({
      project,
      pipeline: source,
      access: await services.localAccess(),
      media: Uri.joinPath(services.panels.extensionUri, 'media').fsPath,
      saved: await savedArguments(project.root, source.path),
      ...(python === undefined ? {} : { python }),
      home: from.root,
      timeout: renderTimeout,
      say: (line) => log().info(line),
      signal,
    });
  });
}
