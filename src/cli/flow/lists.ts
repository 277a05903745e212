/** Listing, comparing, checking out: commands that need no plan. */
import type { BranchKind, Configuration, Repository } from '../../gitflow';
import { say, warn } from './report';

/** Runs git in the repository and answers its code and output. */
export type RunGit = (...args: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;

/** `list [-v]` of a kind. */
export async function listKind(
  repository: Repository,
  git: RunGit,
  kind: BranchKind,
  verbose: boolean,
): Promise<number> {
  const config = await repository.configuration();
  const { local } = await repository.branches();
  const own = local.filter(({ role }) => role === kind);
  if (own.length === 0) {
    warn(
      `No ${kind} branches exist.\n\nYou can start a new ${kind} branch:\n\n    flow ${kind} start <name> [<base>]\n`,
    );
    return 0;
  }
  const width = Math.max(...own.map(({ shortName }) => shortName.length)) + 3;
  const avh = kind === 'hotfix' || kind === 'support' ? config.main : config.develop;
  const trunk = config.flavour === 'avh' ? avh : (config.model.topics.find(({ name }) => name === kind)?.parent ?? '');
  for (const { current, shortName, name } of own) {
    const mark = current ? '* ' : '  ';
    if (verbose) say(`${mark}${shortName.padEnd(width)}(${await standing(git, name, trunk)})`);
    else say(`${mark}${shortName}`);
  }
  return 0;
}

async function standing(git: RunGit, branch: string, trunk: string): Promise<string> {
  const answer = await git('rev-list', '--left-right', '--count', `refs/heads/${branch}...refs/heads/${trunk}`);
  const [ahead = 0, behind = 0] = answer.stdout.trim().split(/\s+/).map(Number);
  if (ahead === 0 && behind === 0) return 'no commits yet';
  if (ahead === 0) return `is behind ${trunk}, may ff`;
  return behind === 0 ? `based on latest ${trunk}` : 'may be rebased';
}

/** `diff [<name>]`: what a branch changes against its base. */
export async function diffKind(
  repository: Repository,
  git: RunGit,
  kind: BranchKind,
  name: string | undefined,
): Promise<number> {
  const config = await repository.configuration();
  const branch = await branchNamed(repository, config, kind, name);
  if (branch === undefined) return 1;
  return print(await git('diff', `${await repository.baseOf(branch)}...${branch}`));
}

/** `log`: the commits since the base of the current branch. */
export async function logSinceBase(repository: Repository, git: RunGit, args: string[]): Promise<number> {
  const config = await repository.configuration();
  const { branch, unborn } = await repository.state();
  const base =
    branch === undefined || config.flavour === 'avh'
      ? (config.bases.get(branch ?? '') ?? config.main)
      : await repository.baseOf(branch);
  if (unborn || base === '') {
    warn(
      `Fatal: There is ${unborn ? 'no commit yet' : 'no branch to compare with'}. Make a first commit, or run 'flow init'.`,
    );
    return 1;
  }
  say(`Comparing against "${base}" branch\n`);
  return print(await git('log', ...args, `${base}..`));
}

/** The branch that a unique beginning names. None, or several, is told and is no error, as in git-flow. */
export async function resolveBeginning(
  repository: Repository,
  kind: BranchKind,
  name: string,
): Promise<string | undefined> {
  const config = await repository.configuration();
  const full = `${config.prefixes[kind] ?? ''}${name}`;
  const { local } = await repository.branches();
  if (local.some((branch) => branch.name === full)) return full;
  const fitting = local.filter((branch) => branch.name.startsWith(full));
  const [only] = fitting;
  if (!only) warn(`No branches match '${full}*'`);
  else if (fitting.length === 1) return only.name;
  else warn(`Multiple branches match prefix '${name}':\n${fitting.map((branch) => `- ${branch.name}`).join('\n')}`);
  return undefined;
}

async function branchNamed(
  repository: Repository,
  config: Configuration,
  kind: BranchKind,
  name: string | undefined,
): Promise<string | undefined> {
  const prefix = config.prefixes[kind] ?? '';
  if (name !== undefined) return `${prefix}${name}`;
  const { branch } = await repository.state();
  if (branch?.startsWith(prefix) && !config.model.bases.some((base) => base.name === branch)) return branch;
  warn(`The current HEAD is no ${kind} branch.\nPlease specify a <name> argument.`);
  return undefined;
}

function print(answer: { code: number; stdout: string; stderr: string }): number {
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  return answer.code;
}
