/** Which pipelines belong to a repository: by what their source actions read. Pure. */
import type { ActionDeclaration, PipelineDeclaration } from '@aws-sdk/client-codepipeline';

/** A repository of the workspace as far as delivery needs it. */
export interface Checkout {
  /** The folder, absolute. */
  root: string;
  commit?: string;
  branch?: string;
  /** The addresses of its remotes. */
  remotes: readonly string[];
}

/** Where a source action reads from. */
export interface Source {
  action: string;
  kind: 'connection' | 'codecommit' | 'github' | 's3' | 'ecr' | 'other';
  /** `owner/name`, `name` of CodeCommit or ECR, `bucket/key` of S3. */
  place: string;
  branch?: string;
}

/** Why a pipeline is thought to be the repository's, the strongest reason first. */
export type Belonging = 'pinned' | 'declared' | 'source' | 'name';

/** Where a remote leads: host and path without `.git`, both in lower case. */
interface Remote {
  host: string;
  path: string;
}

/** The source actions of a pipeline. */
export function sourcesOf({ stages = [] }: PipelineDeclaration): Source[] {
  return stages
    .flatMap(({ actions = [] }) => actions)
    .filter(({ actionTypeId }) => actionTypeId?.category === 'Source')
    .map((action) => sourceOf(action));
}

function sourceOf({ name = '', actionTypeId, configuration = {} }: ActionDeclaration): Source {
  const text = (key: string): string => configuration[key] ?? '';
  const made = (kind: Source['kind'], place: string, branch: string): Source => ({
    action: name,
    kind,
    place,
    ...(branch ? { branch } : {}),
  });
  switch (actionTypeId?.provider) {
    case 'CodeStarSourceConnection':
      return made('connection', text('FullRepositoryId'), text('BranchName'));
    case 'CodeCommit':
      return made('codecommit', text('RepositoryName'), text('BranchName'));
    case 'GitHub':
      return made('github', `${text('Owner')}/${text('Repo')}`, text('Branch'));
    case 'S3':
      return made('s3', `${text('S3Bucket')}/${text('S3ObjectKey')}`, '');
    case 'ECR':
      return made('ecr', text('RepositoryName'), '');
    default:
      return made('other', text('FullRepositoryId') || text('RepositoryName') || text('Repo'), text('BranchName'));
  }
}

/**
 * How a pipeline belongs to one of the repositories; undefined where nothing says that it does.
 *
 * @param declared the names of pipelines that files of the workspace declare
 */
export function belongingOf(
  name: string,
  sources: readonly Source[],
  checkouts: readonly Checkout[],
  declared: ReadonlySet<string>,
): Belonging | undefined {
  if (declared.has(name)) return 'declared';
  const remotes = checkouts.flatMap((checkout) => checkout.remotes.flatMap((url) => remoteOf(url) ?? []));
  if (sources.some((source) => remotes.some((remote) => leadsTo(source, remote)))) return 'source';
  const names = new Set([...checkouts.map(({ root }) => lastOf(root)), ...remotes.map(({ path }) => lastOf(path))]);
  return sources.some((source) => isNamedAs(source, names)) ? 'name' : undefined;
}

/** The address of a remote, read: https, ssh, `user@host:path`, and `codecommit::region://name`. */
export function remoteOf(url: string): Remote | undefined {
  const helper = /^codecommit(?:::[\w-]+)?:\/\/(?:[^@/]+@)?(.+)$/.exec(url);
  if (helper) return { host: 'codecommit', path: cleaned(helper[1] ?? '') };
  const [, host = '', path = ''] =
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(url) ??
    /^(?:[^@/]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url) ??
    [];
  if (host === '' || path === '') return undefined;
  const codecommit = /^git-codecommit\.[\w-]+\.amazonaws\.com/i.test(host);
  return codecommit
    ? { host: 'codecommit', path: cleaned(path.replace(/^v1\/repos\//, '')) }
    : { host: host.toLowerCase(), path: cleaned(path) };
}

function cleaned(path: string): string {
  return path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .toLowerCase();
}

function leadsTo({ kind, place }: Source, { host, path }: Remote): boolean {
  const wanted = cleaned(place);
  switch (kind) {
    case 'codecommit':
      return host === 'codecommit' && path === wanted;
    case 'github':
      return isGitHub(host) && path === wanted;
    // Which host a connection leads to is not in the declaration: GitHub, GitLab, Bitbucket or one of a company's own.
    case 'connection':
    case 'other':
      return wanted.includes('/') && host !== 'codecommit' && path === wanted;
    default:
      return false;
  }
}

function isGitHub(host: string): boolean {
  return host === 'github.com' || host === 'ssh.github.com';
}

/** An object or an image that carries the repository's name: `seed/penguins.zip`, `team/penguins`. */
function isNamedAs({ kind, place }: Source, names: ReadonlySet<string>): boolean {
  if (kind !== 's3' && kind !== 'ecr') return false;
  return names.has(
    lastOf(place)
      .replace(/\.(zip|tar\.gz|tgz)$/i, '')
      .toLowerCase(),
  );
}

function lastOf(path: string): string {
  return (path.split(/[\\/]/).findLast((part) => part !== '') ?? '').toLowerCase();
}

/** Where a source reads, for people: `owner/name @ main`. */
export function sourceText({ place, branch }: Source): string {
  return branch === undefined ? place : `${place} @ ${branch}`;
}
