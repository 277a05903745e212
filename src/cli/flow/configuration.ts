/** `flow config`: reading and setting the keys of git-flow. */
import type { BaseBranch, BranchingModel, Repository, TopicType } from '../../gitflow';
import { keys } from '../../gitflow';
import type { Arguments, FlagSpec } from './arguments';
import type { RunGit } from './lists';
import { say, usageCode, warn } from './report';

export const scopeFlags: FlagSpec[] = [
  { long: 'local', help: 'Use the configuration file of the repository' },
  { long: 'global', help: 'Use the configuration file of the user' },
  { long: 'system', help: 'Use the configuration file of the machine' },
  { long: 'file', value: 'file', help: 'Use this configuration file' },
];

/** The file that the flags choose. */
export function scopeOf({ flag, text }: Arguments): { file: string } | 'local' | 'global' | 'system' | undefined {
  const file = text('file');
  if (file) return { file };
  return (['local', 'global', 'system'] as const).find((scope) => flag(scope));
}

function scopeArguments(args: Arguments): string[] {
  const scope = scopeOf(args);
  if (scope === undefined) return [];
  return typeof scope === 'string' ? [`--${scope}`] : ['--file', scope.file];
}

interface Option {
  key: string;
  text: string;
}

const options: Record<string, Option | undefined> = {
  master: { key: keys.main, text: 'Branch name for production releases' },
  develop: { key: keys.develop, text: 'Branch name for "next release" development' },
  feature: { key: keys.prefix('feature'), text: 'Feature branch prefix' },
  bugfix: { key: keys.prefix('bugfix'), text: 'Bugfix branch prefix' },
  release: { key: keys.prefix('release'), text: 'Release branch prefix' },
  hotfix: { key: keys.prefix('hotfix'), text: 'Hotfix branch prefix' },
  support: { key: keys.prefix('support'), text: 'Support branch prefix' },
  versiontagprefix: { key: keys.versionTag, text: 'Version tag prefix' },
  allowmultihotfix: { key: 'gitflow.multi-hotfix', text: 'Allow multiple hotfix branches' },
};

export async function listConfiguration(repository: Repository, git: RunGit, args: Arguments): Promise<number> {
  const { flavour, model, origin } = await repository.configuration();
  if (flavour !== 'avh') {
    for (const line of modelLines(model, origin)) say(line);
    return 0;
  }
  for (const [name, option] of Object.entries(options)) {
    if (!option || name === 'allowmultihotfix') continue;
    const { stdout } = await git('config', ...scopeArguments(args), '--get', option.key);
    say(`${option.text}: ${stdout.trimEnd()} `);
  }
  return 0;
}

/** A branching model in words: a line for each branch that stays, and for each topic type. */
export function modelLines({ bases, topics, problems }: BranchingModel, origin: string): string[] {
  const base = ({ name, parent, upstream, downstream, autoUpdate }: BaseBranch): string =>
    parent === undefined
      ? `  ${name}`
      : `  ${name}  parent ${parent}, upstream ${upstream}, downstream ${downstream}${autoUpdate ? ', updated with it' : ''}`;
  const topic = ({ name, prefix, parent, startPoint, upstream, downstream, tag, tagPrefix }: TopicType): string =>
    `  ${name}  ${prefix === '' ? 'any name' : `${prefix}*`} from ${startPoint} into ${parent}, upstream ${upstream}, downstream ${downstream}` +
    (tag ? `, tagged ${tagPrefix}<version>` : '');
  return [
    'Base branches:',
    ...bases.map(base),
    'Topic branches:',
    ...topics.map(topic),
    `Remote: ${origin}`,
    ...problems.map(({ message }) => `Problem: ${message}`),
  ];
}

/** `config set <option> <value>` */
export async function setConfiguration(repository: Repository, git: RunGit, args: Arguments): Promise<number> {
  const [name = '', value = ''] = args.words;
  const option = options[name.toLowerCase()];
  if (!option || !value) {
    warn(option ? 'No value given' : 'Invalid option given.');
    return usageCode;
  }
  const config = await repository.configuration();
  if (config.flavour === 'next')
    return fatal('git-flow-next keeps this configuration. Change it with its own command.');
  if (option.key === keys.main || option.key === keys.develop) {
    const other = option.key === keys.main ? config.develop : config.main;
    if (value === other) return fatal('Production and "next release" branch should differ.');
    const { local, remote } = await repository.branches();
    if (!local.some((branch) => branch.name === value)) {
      if (!remote.some((branch) => branch.name === value && branch.remote === 'origin')) {
        return fatal(`Local branch '${value}' does not exist.`);
      }
      await git('branch', '--', value, `refs/remotes/origin/${value}`);
    }
  }
  if (option.text.startsWith('Allow') && !/^([01]|y|yes|t|true|n|no|f|false)$/i.test(value)) {
    return fatal("Invalid value for option 'allowmultihotfix'. Valid values are 'true' or 'false'");
  }
  const answer = await git('config', ...scopeArguments(args), option.key, value);
  if (answer.code !== 0) return fatal(`The configuration could not be written. ${answer.stderr.trim()}`);
  say(`\nSummary of actions:\n- ${option.text} set to ${value}\n`);
  return 0;
}

/** `config base [--set] <branch> [<base>]` */
export async function baseConfiguration(repository: Repository, git: RunGit, args: Arguments): Promise<number> {
  const [branch, base] = args.words;
  if (branch === undefined || (args.flag('set') && base === undefined)) {
    warn(branch === undefined ? 'No branch given' : 'No base given');
    return usageCode;
  }
  const config = await repository.configuration();
  if (!args.flag('set')) {
    const known = config.bases.get(branch);
    say(
      known === undefined
        ? `\nBase branch not set for branch '${branch}'`
        : `\nBase branch for branch '${branch}' set to '${known}'`,
    );
    return 0;
  }
  const { local, remote } = await repository.branches();
  const exists = (name: string): boolean =>
    local.some((one) => one.name === name) || remote.some((one) => one.name === name && one.remote === config.origin);
  if (!exists(branch)) return fatal(`Branch '${branch}' does not exist and is required.`);
  if (!exists(base ?? '')) {
    warn("Given base doesn't exists or is not a branch.");
    return usageCode;
  }
  const answer = await git('config', '--local', keys.base(branch), base ?? '');
  return answer.code;
}

function fatal(message: string): number {
  warn(`Fatal: ${message}`);
  return 1;
}
