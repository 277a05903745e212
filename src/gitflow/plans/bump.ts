/** Setting a version as a branch starts: the files are looked at before anything is changed. */
import type { StartRequest } from '../model/model';
import type { Draft } from './draft';

/** The files to set the version in, each checked as it is where the branch starts. */
export async function bumpedFiles(
  draft: Draft,
  { bump = [] }: StartRequest,
  start: string,
  version: string,
): Promise<string[]> {
  if (bump.length === 0) return [];
  const { checkBump } = await import('../read/versions.bundle');
  const { files, problems } = await checkBump(bump, version, async (path) => {
    const file = await draft.context.git.run(['show', `${start}:${path}`]);
    return file.code === 0 ? file.stdout : undefined;
  });
  for (const problem of problems) draft.refuse('bad-option', problem);
  return files;
}
