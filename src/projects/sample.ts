import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Runs git in a folder; rejects with what git said when it fails. */
export type Git = (directory: string, args: readonly string[]) => Promise<string>;

/** Gitflow's keys, as `git flow init -d` writes them, but for the tags' prefix. */
const gitflowKeys: Readonly<Record<string, string>> = {
  'gitflow.branch.master': 'main',
  'gitflow.branch.develop': 'develop',
  'gitflow.prefix.feature': 'feature/',
  'gitflow.prefix.bugfix': 'bugfix/',
  'gitflow.prefix.release': 'release/',
  'gitflow.prefix.hotfix': 'hotfix/',
  'gitflow.prefix.support': 'support/',
  'gitflow.prefix.versiontag': 'v',
};

/**
 * Makes the sample project: a copy of `source` as a Git repository with main and develop. It is made beside its
 * place and moved there when it is whole.
 *
 * @param folder absolute path that does not exist yet, or an empty folder
 * @throws where the folder has something in it, or git fails
 */
export async function makeSample(source: string, folder: string, git: Git): Promise<void> {
  const existing = await readdir(folder).catch(() => []);
  if (existing.length > 0) throw new Error(`${folder} is not empty.`);
  const staging = `${folder}.partial-${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    await cp(source, staging, { recursive: true });
    await git(staging, ['init', '--quiet', '--initial-branch=main']);
    if (!(await git(staging, ['config', '--default', '', '--get', 'user.email'])).trim()) {
      await git(staging, ['config', 'user.name', 'Sample Author']);
      await git(staging, ['config', 'user.email', 'author@sample.invalid']);
    }
    for (const [key, value] of Object.entries(gitflowKeys)) await git(staging, ['config', key, value]);
    await git(staging, ['add', '--all']);
    await git(staging, ['commit', '--quiet', '--message=Classify penguins: the first pipeline']);
    await git(staging, ['checkout', '--quiet', '-b', 'develop']);
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}
