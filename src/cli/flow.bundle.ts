/** `flow`: git-flow's own command line, on the plans of the branching model. */
import type { Configuration, InitRequest, Plan, Planned, Repository, TopicType } from '../gitflow';
import { NotARepository, branchKinds, presets, initRepository, kindOf, openRepository } from '../gitflow';
import type { Arguments, FlagSpec } from './flow/arguments';
import { UsageError, parseArguments } from './flow/arguments';
import type { PlannedCommand } from './flow/commands';
import { commonFlags, gateFlags, plannedCommands } from './flow/commands';
import { baseConfiguration, listConfiguration, scopeFlags, scopeOf, setConfiguration } from './flow/configuration';
import { askForNames } from './flow/interactive';
import { keptCommand, revertRequest, showJournal, undoFlags, undoOrResume } from './flow/journal';
import { diffKind, listKind, logSinceBase, resolveBeginning } from './flow/lists';
import { gitIn } from './flow/git';
import { say, usageCode, usageOf, warn } from './flow/report';
import { runRequest } from './flow/run';
import { integrate, tagRelease, typedCommands, updateBase } from './flow/typed';
import { readReasons } from './gate/reasons';

const usage = `usage: flow <subcommand>

   init                                       Set a repository up for the branching model
   feature, bugfix, release, hotfix, support  list, start, finish, publish, track, diff, rebase, update,
                                              checkout, pull, delete, rename, cleanup
   <type>                                     The same for another type of the branching model; where none is set
                                              up, 'topic' is any branch that is started from the default branch
   finish, delete, publish, update, rebase    Do that with the current branch
   rename <new name>                          The same, of branching models other than git-flow's
   integrate                                  Merge a base branch into its parent
   tag                                        Tag a base branch as a release
   config                                     Read and set the configuration
   log                                        The commits since the base of the current branch
   status                                     What is under way
   resume, undo, leave                        Continue an interrupted action, take it back, or forget it
   undo                                       Take back the last action, while nobody has built on it or has it
   kept                                       List, restore or drop work that no branch has any more
   version                                    The version of the commands

With --plan a command prints its plan as JSON and changes nothing. 'flow <subcommand> <action> -h' tells more.`;

const otherPresets = presets.filter((preset) => preset !== 'gitflow');

const initFlags: FlagSpec[] = [
  { long: 'defaults', short: 'd', help: 'Use the default names' },
  { long: 'force', short: 'f', help: 'Set everything anew' },
  { long: 'feature', short: 'p', value: 'prefix', help: 'Prefix of feature branches' },
  { long: 'bugfix', short: 'b', value: 'prefix', help: 'Prefix of bugfix branches' },
  { long: 'release', short: 'r', value: 'prefix', help: 'Prefix of release branches' },
  { long: 'hotfix', short: 'x', value: 'prefix', help: 'Prefix of hotfix branches' },
  { long: 'support', short: 's', value: 'prefix', help: 'Prefix of support branches' },
  { long: 'tag', short: 't', value: 'prefix', help: 'Prefix of version tags' },
  { long: 'preset', value: 'model', inFull: true, help: `Another model: ${otherPresets.join(', ')}` },
  { long: 'main', value: 'branch', inFull: true, help: 'With --preset: the branch that topics go into' },
  {
    long: 'staging',
    value: 'branch',
    inFull: true,
    help: 'With --preset gitlab: the branch of the staging environment',
  },
  { long: 'production', value: 'branch', inFull: true, help: 'With --preset gitlab: the branch in production' },
  ...scopeFlags,
];

/** Runs `flow` with the arguments after it. Answers git-flow's exit codes. */
export async function run(args: string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (error instanceof UsageError) {
      warn(`Fatal: ${error.message}`);
      return 2;
    }
    warn(
      `Fatal: ${error instanceof NotARepository ? 'Not a git repository' : error instanceof Error ? error.message : String(error)}`,
    );
    return 1;
  }
}

async function dispatch(args: string[]): Promise<number> {
  const [subcommand = '', ...rest] = args;
  const kind = branchKinds.find((name) => name === subcommand);
  if (kind) return branchCommand(kind, rest);
  const type = isWord(subcommand) ? await typeNamed(subcommand) : undefined;
  if (type) return branchCommand(subcommand, rest, type);
  switch (subcommand) {
    case 'init':
      return init(rest);
    case 'config':
      return configuration(rest);
    case 'finish':
    case 'delete':
    case 'publish':
    case 'rebase':
    case 'rename':
    case 'update':
      return onCurrentBranch(subcommand, rest);
    case 'integrate':
      return plannedCommand('', integrate, rest);
    case 'tag':
      return plannedCommand('', tagRelease, rest);
    case 'log':
      return rest[0] === 'help' ? showUsage('usage: flow log [<options of git log>]') : log(rest);
    case 'status':
      return showJournal(await open());
    case 'resume':
      return resume(rest);
    case 'leave':
      return undoOrResume(await open(), subcommand);
    case 'undo':
      return undo(rest);
    case 'kept':
      return kept(rest);
    case 'version':
      if (rest[0] === 'help') return showUsage('usage: flow version');
      say('1.12.3 (as git-flow AVH Edition)');
      return 0;
    default:
      warn(usage);
      return 1;
  }
}

/** The action that was interrupted, or the last one; or the commits that take it back. */
async function undo(args: string[]): Promise<number> {
  const flags = [...undoFlags, ...commonFlags];
  const help = usageOf('', 'undo', 'Take back the action that was interrupted, or else the last one', flags);
  const parsed = parseArguments(args, flags);
  if (parsed.flag('help')) return showUsage(help);
  const repository = await open();
  if (!parsed.flag('revert')) return undoOrResume(repository, 'undo');
  const showCommands = parsed.flag('showcommands') ?? false;
  return runRequest(repository, revertRequest(parsed), {
    plan: parsed.flag('plan') ?? false,
    showCommands,
    usage: help,
  });
}

async function kept(args: string[]): Promise<number> {
  const flags: FlagSpec[] = [{ long: 'all', inFull: true, help: 'Drop everything that is kept' }, ...commonFlags];
  const parsed = parseArguments(args, flags);
  const usage = 'kept [list | restore <name>… | drop <name>… | drop --all]';
  if (parsed.flag('help')) return showUsage(usageOf('', usage, 'Work that no branch has any more', flags));
  return keptCommand(await open(), parsed);
}

/** The user's own command line is trusted: hooks run, as they do with git itself. */
function open(): Promise<Repository> {
  return openRepository(process.cwd(), { trusted: true });
}

/** The words of `dispatch`, which are no topic types. */
const ownWords = new Set(
  'init config finish delete publish rebase update integrate tag log status resume undo leave version help'.split(' '),
);

function isWord(subcommand: string): boolean {
  return /^\w[\w-]*$/.test(subcommand) && !ownWords.has(subcommand);
}

/** The type of the branching model that is described as git-flow-next does, or is not set up at all. */
async function typeNamed(name: string): Promise<TopicType | undefined> {
  try {
    const { flavour, model } = await (await open()).configuration();
    return flavour === 'avh' ? undefined : model.topics.find((type) => type.name === name);
  } catch (error) {
    // Help is given outside of repositories too.
    if (error instanceof NotARepository) return undefined;
    throw error;
  }
}

async function branchCommand(kind: string, args: string[], known?: TopicType): Promise<number> {
  const type = known ?? (await typeNamed(kind));
  const gitflow = branchKinds.find((name) => name === kind);
  const commands = type ? typedCommands(type) : gitflow ? plannedCommands[gitflow] : {};
  const [first] = args;
  const action = first === undefined || first === '' || first.startsWith('-') ? 'list' : first;
  const rest = action === first ? args.slice(1) : args;
  const command = Object.hasOwn(commands, action) ? commands[action] : undefined;
  return command
    ? plannedCommand(`${kind} `, command, rest)
    : readingCommand(kind, action, rest, Object.keys(commands));
}

async function plannedCommand(prefix: string, command: PlannedCommand, args: string[]): Promise<number> {
  const flags = [...command.flags, ...commonFlags];
  const help = usageOf(prefix, command.usage, command.summary, flags);
  const parsed = parseArguments(args, flags);
  if (parsed.flag('help')) return showUsage(help);
  const repository = await open();
  const configured = booleanOf(await repository.configuration(), 'gitflow.showcommands');
  return runRequest(repository, command.request(parsed), {
    plan: parsed.flag('plan') ?? false,
    showCommands: parsed.flag('showcommands') ?? configured,
    usage: help,
    ...(command.gated && { admit: gatesOf(repository, parsed) }),
  });
}

async function resume(args: string[]): Promise<number> {
  const flags = [...gateFlags, ...commonFlags];
  const parsed = parseArguments(args, flags);
  if (parsed.flag('help')) return showUsage(usageOf('', 'resume', 'Continue an interrupted action', flags));
  const repository = await open();
  return undoOrResume(repository, 'resume', gatesOf(repository, parsed));
}

/** Asks the gates of a release before its first step. What asks them is loaded then. */
function gatesOf(repository: Repository, { all, text, flag }: Arguments): (plan: Plan) => Promise<Planned> {
  const reasons = readReasons(all('override'));
  return async (plan) => {
    const { admit } = await import('./gate.bundle');
    return admit(repository.root, plan, {
      reasons,
      connection: text('connection'),
      data: text('data'),
      render: flag('render') ?? false,
      python: text('python'),
    });
  };
}

async function readingCommand(kind: string, action: string, args: string[], planned: string[]): Promise<number> {
  const flags = [...(action === 'list' ? [{ long: 'verbose', short: 'v', help: 'Tell more' }] : []), ...commonFlags];
  const known = ['list', 'diff', 'checkout', 'co'].includes(action);
  if (!known) {
    if (action !== 'help') warn(`Unknown subcommand: '${action}'`);
    return showUsage(`usage: flow ${kind} [${['list', 'diff', 'checkout', ...planned].join(' | ')}]`);
  }
  const parsed = parseArguments(args, flags);
  if (parsed.flag('help')) return showUsage(usageOf(`${kind} `, action, `${action} of ${kind} branches`, flags));
  const repository = await open();
  const { initialised, ready, whyNot = '' } = await repository.state();
  const { prefixes } = await repository.configuration();
  if (!initialised && !(ready && Object.hasOwn(prefixes, kind))) {
    warn(`Fatal: ${whyNot}`);
    return 1;
  }
  const git = gitIn(repository.root);
  const [name] = parsed.words;
  if (action === 'list') return listKind(repository, git, kind, parsed.flag('verbose') ?? false);
  if (action === 'diff') return diffKind(repository, git, kind, name);
  if (!name) {
    warn('Fatal: Missing argument <name>');
    return 1;
  }
  const branch = await resolveBeginning(repository, kind, name);
  if (branch === undefined) return 0;
  return runRequest(
    repository,
    { action: 'checkout', branch },
    { plan: parsed.flag('plan') ?? false, showCommands: false, usage: '' },
  );
}

/** `finish`, `delete`, `publish`, `rebase`, `rename` and `update` without a kind mean the current branch. */
async function onCurrentBranch(action: string, args: string[]): Promise<number> {
  const repository = await open();
  const config = await repository.configuration();
  const { branch } = await repository.state();
  const { bases } = config.model;
  const [named] = args;
  const ofBase = action === 'update' || (action === 'rebase' && config.flavour !== 'avh');
  if (ofBase && bases.some(({ name }) => name === (named?.startsWith('-') === false ? named : branch)))
    return plannedCommand('', updateBase, action === 'rebase' ? ['--rebase', ...args] : args);
  const kind = branch === undefined ? undefined : kindOf(config, branch);
  if (
    kind === undefined ||
    branch === undefined ||
    (config.flavour === 'avh' && (kind === 'support' || action === 'rename'))
  ) {
    warn(usage);
    return 1;
  }
  const current = branch.slice((config.prefixes[kind] ?? '').length);
  return branchCommand(kind, [action, ...args, ...(action === 'rename' ? [] : [current])]);
}

async function init(args: string[]): Promise<number> {
  const flags = [...initFlags, ...commonFlags];
  const help = usageOf('', 'init', 'Set a repository up for the branching model', flags);
  const [first = ''] = args;
  if (first !== '' && !first.startsWith('-')) {
    if (first !== 'help') warn(`Unknown subcommand: '${first}'`);
    return showUsage(help);
  }
  const parsed = parseArguments(args, flags);
  if (parsed.flag('help')) return showUsage(help);
  const repository = await openOrCreate(parsed.flag('plan') ?? false);
  if (!repository) return 0;
  const scope = scopeOf(parsed);
  const prefixes: NonNullable<InitRequest['prefixes']> = {};
  for (const kind of branchKinds) {
    const prefix = parsed.text(kind);
    if (prefix) prefixes[kind] = prefix;
  }
  const tag = parsed.text('tag');
  const preset = presetOf(parsed);
  let request: InitRequest = {
    action: 'init',
    prefixes,
    ...(preset ? { preset, ...branchesOf(parsed) } : {}),
    ...(tag ? { versionTagPrefix: tag } : {}),
    ...(parsed.flag('force') ? { force: true } : {}),
    ...(scope === undefined ? {} : { scope }),
  };
  const config = await repository.configuration();
  const defaults = parsed.flag('defaults') ?? booleanOf(config, 'gitflow.init.defaults');
  const { initialised } = await repository.state();
  if (!preset && !defaults && !(initialised && !request.force) && !parsed.flag('plan'))
    request = await askForNames(repository, request);
  return runRequest(repository, request, {
    plan: parsed.flag('plan') ?? false,
    showCommands: parsed.flag('showcommands') ?? false,
    usage: help,
  });
}

function presetOf({ text }: Arguments): (typeof otherPresets)[number] | undefined {
  const name = text('preset');
  if (name === undefined || name === 'gitflow' || name === 'classic') return undefined;
  const preset = otherPresets.find((each) => each === name);
  if (!preset) throw new UsageError(`there is no model '${name}'; there are gitflow, ${otherPresets.join(', ')}`);
  return preset;
}

function branchesOf({ text }: Arguments): Pick<InitRequest, 'main' | 'staging' | 'production'> {
  const [main, staging, production] = [text('main'), text('staging'), text('production')];
  return { ...(main ? { main } : {}), ...(staging ? { staging } : {}), ...(production ? { production } : {}) };
}

async function openOrCreate(planOnly: boolean): Promise<Repository | undefined> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof NotARepository)) throw error;
    if (planOnly) {
      say(
        JSON.stringify(
          { title: 'Initialise git-flow', steps: [{ title: 'Create a repository here', commands: [['git', 'init']] }] },
          undefined,
          2,
        ),
      );
      return undefined;
    }
    return initRepository(process.cwd(), { trusted: true });
  }
}

async function configuration(args: string[]): Promise<number> {
  const [first] = args;
  const action = first === undefined || first.startsWith('-') ? 'list' : first;
  const rest = action === first ? args.slice(1) : args;
  const flags: FlagSpec[] =
    action === 'base'
      ? [{ long: 'get', help: 'Get the base (default)' }, { long: 'set', help: 'Set the base' }, ...commonFlags]
      : [...scopeFlags, ...commonFlags];
  const parsed = parseArguments(rest, flags);
  const help = usageOf(
    'config ',
    `${action} ${action === 'set' ? '<option> <value>' : ''}`,
    'Read and set the configuration',
    flags,
  );
  if (parsed.flag('help') || !['list', 'set', 'base'].includes(action)) return showUsage(help);
  const repository = await open();
  const { initialised, whyNot = '' } = await repository.state();
  // What is not understood is shown by the list.
  const { flavour } = await repository.configuration();
  if (!initialised && !(flavour === 'next' && action === 'list')) {
    warn(`Fatal: ${whyNot}`);
    return 1;
  }
  const git = gitIn(repository.root);
  if (action === 'set') return setConfiguration(repository, git, parsed);
  return action === 'base' ? baseConfiguration(repository, git, parsed) : listConfiguration(repository, git, parsed);
}

async function log(args: string[]): Promise<number> {
  const repository = await open();
  const { initialised, whyNot = '' } = await repository.state();
  if (!initialised) {
    warn(`Fatal: ${whyNot}`);
    return 1;
  }
  return logSinceBase(repository, gitIn(repository.root), args[0] === 'list' ? args.slice(1) : args);
}

/** A setting of the command line itself; unset is false. Throws where it is no boolean, as git-flow stops then. */
function booleanOf(config: Configuration, key: string): boolean {
  const value = config.flag(key);
  if (value === undefined && config.get(key) !== undefined)
    throw new Error(`'${key}' is '${config.get(key)}', which is not a boolean. Set it to true or false, or unset it.`);
  return value ?? false;
}

function showUsage(text: string): number {
  say(text);
  return usageCode;
}
