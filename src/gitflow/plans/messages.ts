/**
 * The messages of the commits that a plan makes. Asked for, or configured, they are templates; where the history is
 * one of conventional commits they are such, so that hooks and changelogs take them; else they are git's own.
 * https://www.conventionalcommits.org/en/v1.0.0/
 */
import { shortRef } from '../execute/steps';
import type { Request, Work } from '../model/model';
import type { PlanContext } from './draft';

/** Puts the names in: `%b` is the branch, `%p` the one that it goes into, `%B` and `%P` their full refs, `%%` a `%`. */
export function expandMessage(template: string, { branch, parent }: { branch: string; parent: string }): string {
  const values: Record<string, string> = {
    b: branch,
    B: `refs/heads/${branch}`,
    p: parent,
    P: `refs/heads/${parent}`,
    '%': '%',
  };
  return template.replace(/%([bBpP%])/g, (_, letter: string) => values[letter] ?? '');
}

/** The works with their messages. Looks at the history only where a commit is to be made and no template says how. */
export async function withMessages(
  context: PlanContext,
  request: Request,
  works: readonly Work[],
  topic: string | undefined,
): Promise<Work[]> {
  const templates = templatesOf(context, request);
  const comes = request.action === 'integrate' ? request.name : topic;
  let conventional: Promise<boolean> | undefined;
  const isConventional = (into: string): Promise<boolean> =>
    (conventional ??= context.graph.subjects(`refs/heads/${into}`).then(areConventional));
  return Promise.all(
    works.map(async (work): Promise<Work> => {
      if (work.do === 'merge' && work.message === undefined && work.fastForward !== 'only') {
        const branch = shortRef(work.source);
        const up = branch === comes;
        const template = up ? templates.merge : templates.update;
        // Of an update the branch is the one that gets what is new.
        const names = up ? { branch, parent: work.into } : { branch: work.into, parent: branch };
        if (template !== undefined) return { ...work, message: expandMessage(template, names) };
        const message = `chore: merge ${branch} into ${work.into}`;
        return (await isConventional(work.into)) ? { ...work, message } : work;
      }
      if (work.do === 'squash' && work.message === undefined && work.info === undefined) {
        const names = { branch: shortRef(work.source), parent: work.into };
        if (templates.squash !== undefined) return { ...work, message: expandMessage(templates.squash, names) };
        return (await isConventional(work.into)) ? { ...work, message: await squashMessage(context, work) } : work;
      }
      if (work.do === 'bump' && (await isConventional(baseOfBump(works, work.branch))))
        return { ...work, message: `chore: set version to ${work.version}` };
      return work;
    }),
  );
}

interface Templates {
  merge?: string | undefined;
  squash?: string | undefined;
  update?: string | undefined;
}

function templatesOf({ snapshot: { config } }: PlanContext, request: Request): Templates {
  if (request.action !== 'finish' && request.action !== 'integrate') return {};
  const subject = request.action === 'finish' ? request.kind : (request.name ?? config.main);
  const configured = (key: string): string | undefined =>
    config.get(`gitflow.${subject}.${request.action}.${key}`) || undefined;
  return {
    merge: request.mergeMessage ?? configured('mergemessage'),
    squash: request.squashMessage ?? configured('squashmessage'),
    update: request.updateMessage ?? configured('updatemessage'),
  };
}

/** A new branch has the history of what it is created from. */
function baseOfBump(works: readonly Work[], branch: string): string {
  const made = works.find((work) => work.do === 'createBranch' && work.branch === branch);
  return made?.do === 'createBranch' ? made.start.replace(/^refs\/heads\//, '') : branch;
}

const header = /^(\w+)(\([^)]*\))?(!)?: \S/;

/** Two thirds of what was committed by hand are; a repository's first commit seldom is. */
function areConventional(subjects: readonly string[]): boolean {
  const counted = subjects.filter((subject) => !/^initial commit$/i.test(subject));
  const fitting = counted.filter((subject) => header.test(subject));
  return fitting.length > 0 && fitting.length * 3 >= counted.length * 2;
}

/** Of one commit its own message; of several the weightiest type, the branch's name, and what was done. */
async function squashMessage({ git }: PlanContext, { source, into }: Extract<Work, { do: 'squash' }>): Promise<string> {
  const output = await git.read([
    'log',
    '--no-merges',
    '--reverse',
    '--format=%B%x00',
    `^refs/heads/${into}`,
    source,
    '--',
  ]);
  const messages = output
    .split('\0')
    .map((message) => message.trim())
    .filter((message) => message !== '');
  const [only] = messages.length === 1 ? messages : [];
  if (only !== undefined && header.test(only)) return only;
  const subjects = messages.map((message) => message.split('\n', 1)[0] ?? '');
  const types = subjects.map((subject) => header.exec(subject)?.[1]?.toLowerCase());
  const type =
    ['feat', 'fix', 'perf', 'refactor'].find((each) => types.includes(each)) ?? types.find(Boolean) ?? 'feat';
  const breaking = messages.some((message) => header.exec(message)?.[3] || /^BREAKING[ -]CHANGE: /m.test(message));
  const name = (shortRef(source).split('/').at(-1) ?? '').replace(/[-_]+/g, ' ').trim();
  const body = subjects.map((subject) => `- ${subject}`).join('\n');
  return `${type}${breaking ? '!' : ''}: ${name}${body === '' ? '' : `\n\n${body}`}`;
}
