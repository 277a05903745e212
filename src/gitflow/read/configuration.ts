/** Reading the configuration: git's own, the team's shared file where git has none, and the branches where there is neither. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigEntry } from '../model/config';
import { configurationFrom, flavourOf, parseConfig, remoteOf } from '../model/config';
import type { Git } from '../git/git';
import type { Configuration } from '../model/model';
import type { PlainLook } from '../model/plain';
import { lookAt } from '../model/plain';

/**
 * The file in which a team of git-flow-next shares its configuration, in the root of the work tree:
 * https://git-flow.sh/docs/commands/config
 */
const sharedFile = '.gitflow';

/** The configuration and the entries that it was made of. */
export interface ReadConfiguration {
  config: Configuration;
  entries: ConfigEntry[];
}

/** The entries of git's configuration, those of the shared file before them where git's have no branching model. */
export async function readEntries(git: Git): Promise<ConfigEntry[]> {
  const entries = parseConfig(await git.read(['config', '--list', '--show-scope', '-z']));
  if (flavourOf(entries) !== 'none' || !existsSync(join(git.directory, sharedFile))) return entries;
  return [...(await sharedEntries(git, entries)), ...entries];
}

/**
 * The keys of the shared file that are the branching model's. A path to hooks, which would run, counts only where the
 * user trusts the file by `gitflow.shared.trustHooks`. A file without `gitflow.version` says nothing, as for
 * git-flow-next. Throws where git cannot read the file.
 */
async function sharedEntries(git: Git, own: readonly ConfigEntry[]): Promise<ConfigEntry[]> {
  const answer = await git.run(['config', '--file', sharedFile, '--no-includes', '--list', '-z']);
  if (answer.code !== 0) throw new Error(`'${sharedFile}' cannot be read: ${answer.stderr.trim()}`);
  const trusted = own.findLast(({ key }) => key === 'gitflow.shared.trusthooks')?.value === 'true';
  const entries = answer.stdout.split('\0').flatMap((pair): ConfigEntry[] => {
    const end = pair.indexOf('\n');
    const key = end < 0 ? pair : pair.slice(0, end);
    const shared =
      key.startsWith('gitflow.') &&
      !key.startsWith('gitflow.shared.') &&
      !/^gitflow\.branch\..*\.base$/s.test(key) &&
      (trusted || key !== 'gitflow.path.hooks');
    return shared ? [{ scope: 'shared', key, value: end < 0 ? 'true' : pair.slice(end + 1) }] : [];
  });
  return entries.some(({ key, value }) => key === 'gitflow.version' && value !== '') ? entries : [];
}

/** Reads it all: one process where a branching model is configured, another where the branches have to tell. */
export async function readConfiguration(git: Git): Promise<ReadConfiguration> {
  const entries = await readEntries(git);
  if (flavourOf(entries) !== 'none') return { config: configurationFrom(entries), entries };
  return { config: configurationFrom(entries, await lookAtBranches(git, remoteOf(entries))), entries };
}

async function lookAtBranches(git: Git, remote: string): Promise<PlainLook> {
  const output = await git.read([
    'for-each-ref',
    '--format=%(refname)%00%(HEAD)%00%(symref)',
    'refs/heads',
    'refs/tags',
    `refs/remotes/${remote}/HEAD`,
  ]);
  const lines = output.split('\n').map((line) => {
    const [ref = '', head = '', symref = ''] = line.split('\0');
    return { ref, current: head === '*', symref };
  });
  return lookAt(lines, remote);
}
