/**
 * What a scenario of git-flow leaves: made of what `quick.sh` writes down raw, as the scenario script itself dumps it.
 * A commit has no id in it but its shape, a digest of its tree and the shapes of its parents.
 */
import { createHash } from 'node:crypto';

/** A dump with every raw state in it told. */
export function tellStates(raw: string): string {
  const told: string[] = [];
  let state: string[] | undefined;
  for (const line of raw.split('\n')) {
    if (line.startsWith('@@state')) state = [];
    if (state === undefined) told.push(line);
    else if (line === '@@end') {
      const indent = state[0] === '@@state indented' ? '  ' : '';
      told.push(...tellState(state).map((each) => indent + each));
      state = undefined;
    } else state.push(line);
  }
  return told.join('\n');
}

function tellState(lines: readonly string[]): string[] {
  const at = lines.indexOf('@@remote');
  const [own, remote] = at < 0 ? [lines, []] : [lines.slice(0, at), lines.slice(at)];
  const words = (name: string): string[] =>
    own.filter((line) => line.startsWith(`@@${name} `)).map((line) => line.slice(name.length + 3));
  const [root = ''] = words('root');
  const commits = readCommits(section(own, 'commits'));
  const refs = section(own, 'refs').map(readRef);
  const [detached] = words('detached');
  return [
    detached === undefined ? `HEAD branch ${words('branch')[0] ?? ''}` : `HEAD detached ${shapeOf(commits, detached)}`,
    `in-progress:${words('progress')
      .map((word) => ` ${word}`)
      .join('')}`,
    ...section(own, 'status').map((line) => `status ${line}`),
    ...refs.flatMap((ref) => tellRef('local', ref, commits)),
    ...refs.filter(({ name }) => name.startsWith('refs/heads/')).map((ref) => tellLine(ref, refs, commits)),
    ...sorted([...commits.values()].map(tellCommit)),
    ...sorted(
      section(own, 'config').map((line) => line.replaceAll(root, '<ROOT>')),
      false,
    ).map((line) => `config ${line}`),
    ...sorted(
      section(own, 'worktrees')
        .filter((line) => line.startsWith('branch '))
        .map((line) => `worktree-${line}`),
      false,
    ),
    ...section(remote, 'refs').flatMap((line) =>
      tellRef('origin', readRef(line), readCommits(section(remote, 'commits'))),
    ),
  ];
}

/** The lines below a heading. */
function section(lines: readonly string[], name: string): string[] {
  const from = lines.indexOf(`@@${name}`) + 1;
  if (from === 0) return [];
  const length = lines.slice(from).findIndex((line) => line.startsWith('@@'));
  return lines.slice(from, length < 0 ? undefined : from + length);
}

interface Commit {
  shape: string;
  tree: string;
  parent: string | undefined;
  parents: string[];
}

function readCommits(lines: readonly string[]): Map<string, Commit> {
  const commits = new Map<string, Commit>();
  for (const line of lines) {
    const [id = '', tree = '', ...parents] = line.split(' ').filter(Boolean);
    const shapes = parents.map((parent) => commits.get(parent)?.shape ?? 'cut');
    const text = [tree, ...shapes].join(' ');
    const shape = createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest('hex')
      .slice(0, 10);
    commits.set(id, { shape, tree: tree.slice(0, 10), parent: parents[0], parents: shapes });
  }
  return commits;
}

interface Ref {
  name: string;
  short: string;
  annotated: boolean;
  commit: string | undefined;
  signed: boolean;
}

function readRef(line: string): Ref {
  const [name = '', short = '', type, object = '', peeledType = '', peeled = '', signature] = line.split(' ');
  if (peeledType === 'tag') throw new Error(`${name} is the tag of a tag.`);
  const last = type === 'tag' ? peeledType : type;
  return {
    name,
    short,
    annotated: type === 'tag',
    commit: last === 'commit' ? peeled || object : undefined,
    signed: signature === 'signed',
  };
}

const shapeOf = (commits: ReadonlyMap<string, Commit>, id: string | undefined): string =>
  id === undefined ? 'none' : (commits.get(id)?.shape ?? '?');

function tellRef(
  where: string,
  { name, annotated, commit, signed }: Ref,
  commits: ReadonlyMap<string, Commit>,
): string[] {
  const shape = shapeOf(commits, commit);
  const [, kind, rest = ''] = /^refs\/(heads|remotes|tags)\/(.*)$/.exec(name) ?? [];
  switch (kind) {
    case 'heads':
      return [`${where} branch ${rest} -> ${shape} tree=${commits.get(commit ?? '')?.tree ?? ''}`];
    case 'remotes':
      return /^[^/]+\/(.*\/)?HEAD$/.test(rest) ? [] : [`${where} track  ${rest} -> ${shape}`];
    case 'tags':
      return [
        `${where} tag    ${rest} -> ${shape} ${annotated ? 'annotated' : 'lightweight'}${signed ? ' signed' : ''}`,
      ];
    default:
      return [];
  }
}

/** The first parents of a branch. */
function tellLine({ short }: Ref, refs: readonly Ref[], commits: ReadonlyMap<string, Commit>): string {
  const shapes: string[] = [];
  // A short name is a longer one where a tag has the name too.
  let id = refs.find(({ name }) => name === `refs/heads/${short}`)?.commit;
  for (let commit = commits.get(id ?? ''); commit !== undefined; commit = commits.get(id ?? '')) {
    shapes.push(`${commit.shape} `);
    id = commit.parent;
  }
  return `first-parent ${short}: ${shapes.join('')}`;
}

function tellCommit({ shape, tree, parents }: Commit): string {
  return `commit ${shape} tree=${tree} parents=[${parents.map((parent) => `${parent} `).join('')}]`;
}

/** As `sort` does it, by bytes, and with `-u`. */
function sorted(lines: readonly string[], unique = true): string[] {
  return [...(unique ? new Set(lines) : lines)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
