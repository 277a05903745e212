/** What would fail in the middle of a plan is looked for before it begins: version files, signing keys, the remote. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Refusal, Work } from '../model/model';
import type { PlanContext } from './draft';

/** Everything that stands against the steps, told at once. */
export async function preflight(context: PlanContext, works: readonly Work[]): Promise<Refusal[]> {
  const signing = await signingProblem(context, works);
  return [...remoteProblems(context, works), ...(signing === undefined ? [] : [signing])];
}

/** A push needs a remote. */
function remoteProblems({ snapshot }: PlanContext, works: readonly Work[]): Refusal[] {
  const missing = new Set(
    works.flatMap((work) =>
      (work.do === 'push' || work.do === 'pushAllTags') && !snapshot.remotes.includes(work.remote) ? [work.remote] : [],
    ),
  );
  return [...missing].map((remote) => ({
    code: 'no-remote',
    message: `There is no remote '${remote}' to push to. Add it with 'git remote add ${remote} <url>' first, or do not push.`,
  }));
}

/** Does a step sign, by its own wish or by the configuration, and with a key that is not at hand? */
async function signingProblem(context: PlanContext, works: readonly Work[]): Promise<Refusal | undefined> {
  const { config } = context.snapshot;
  const commits = works.some(({ do: what }) =>
    ['merge', 'squash', 'rebase', 'bump', 'revert', 'firstCommit'].includes(what),
  );
  const tag = works.find((work) => work.do === 'tag');
  const signsTag = tag !== undefined && (tag.sign || config.flag('tag.gpgsign') === true);
  const signsCommit = commits && config.flag('commit.gpgsign') === true;
  if (!signsTag && !signsCommit) return undefined;
  const key = (signsTag ? tag.signingKey : undefined) ?? config.get('user.signingkey');
  const problem = await keyProblem(context, key);
  if (problem === undefined) return undefined;
  const message = `${problem} Set 'user.signingkey' to a key that is at hand, or switch signing off.`;
  return { code: 'signing', message };
}

async function keyProblem({ git, snapshot }: PlanContext, key: string | undefined): Promise<string | undefined> {
  const { config } = snapshot;
  const format = config.get('gpg.format') ?? 'openpgp';
  if (format === 'ssh') {
    if (key === undefined) {
      return config.get('gpg.ssh.defaultkeycommand') === undefined
        ? "No key is set for signing ('user.signingkey')."
        : undefined;
    }
    // The key itself instead of its file: an agent has the other half.
    if (/^(key::|ssh-|ecdsa-|sk-)/.test(key)) return undefined;
    const file = key.replace(/^~(?=\/)/, homedir());
    return existsSync(file) ? undefined : `The key file for signing, '${key}', does not exist.`;
  }
  const program =
    config.get(`gpg.${format}.program`) ?? config.get('gpg.program') ?? (format === 'x509' ? 'gpgsm' : 'gpg');
  const who = key ?? (await committer(git));
  const code = await exitCode(
    program,
    ['--batch', '--list-secret-keys', ...(who === undefined ? [] : [who])],
    git.environment,
  );
  if (code === undefined) return `The program that signs, '${program}', could not be started.`;
  return code === 0 ? undefined : `There is no secret key '${who ?? ''}' for signing.`;
}

/** The address by which gpg finds a key where none is set. */
async function committer(git: PlanContext['git']): Promise<string | undefined> {
  const answer = await git.run(['var', 'GIT_COMMITTER_IDENT']);
  return /<([^>]+)>/.exec(answer.stdout)?.[1];
}

/** Undefined where the program cannot be started. */
function exitCode(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<number | undefined> {
  return new Promise((done) => {
    const child = spawn(program, args, { env, stdio: 'ignore', windowsHide: true });
    child.once('error', () => done(undefined));
    child.once('close', (code) => done(code ?? 1));
  });
}
