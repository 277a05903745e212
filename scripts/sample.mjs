// A project to try the extension on: a copy of media/sample as a Git repository with Gitflow's branches.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './vscode.mjs';

const gitflow = {
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
 * Makes the sample project, unless the folder exists already: what somebody did in it is kept.
 * @param {string} folder absolute
 */
export function makeSample(folder) {
  if (existsSync(folder)) return;
  const staging = `${folder}.partial-${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(join(root, 'media', 'sample'), staging, { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: staging, stdio: ['ignore', 'ignore', 'pipe'] });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Sample Author');
  git('config', 'user.email', 'author@sample.invalid');
  for (const [key, value] of Object.entries(gitflow)) git('config', key, value);
  git('add', '--all');
  git('commit', '--quiet', '--message=Classify penguins: the first pipeline');
  git('branch', 'develop');
  git('checkout', '--quiet', 'develop');
  renameSync(staging, folder);
}
