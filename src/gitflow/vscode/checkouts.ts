import { runGit } from '../index';
import type { Room } from './services';

/** A repository of the workspace as other rooms need it. */
export interface Checkout {
  /** The folder, absolute. */
  root: string;
  commit?: string;
  branch?: string;
  /** The addresses that its remotes are fetched from. */
  remotes: readonly string[];
}

/** The repositories of the workspace, the likeliest first. */
export async function checkouts({ repositories, snapshots }: Room): Promise<Checkout[]> {
  const [all, likely] = await Promise.all([repositories.list(), repositories.likely()]);
  const ordered = [...all].sort((a, b) => Number(b.root === likely?.root) - Number(a.root === likely?.root));
  return Promise.all(
    ordered.map(async (repository) => {
      const { state } = await snapshots.of(repository);
      const { stdout } = await runGit(repository.root, ['config', '--get-regexp', String.raw`^remote\..*\.url$`]);
      return {
        root: repository.root,
        ...(state.commit ? { commit: state.commit } : {}),
        ...(state.branch ? { branch: state.branch } : {}),
        remotes: stdout.split('\n').flatMap((line) => line.slice(line.indexOf(' ') + 1).trim() || []),
      };
    }),
  );
}

/** The subjects of the commits that `to` has and `from` has not, the newest first; undefined where git knows one of them not. */
export async function commitsBetween(root: string, from: string, to: string): Promise<string[] | undefined> {
  const { code, stdout } = await runGit(root, ['log', '--no-color', '--format=%h %s', `${from}..${to}`, '--']);
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}
