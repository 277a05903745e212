/** Doing one step: the commands that the plan shows, and what their answers mean. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Git, GitAnswer } from '../git/git';
import { causeOf } from '../git/cause';
import { complaint, isLocked } from '../git/git';
import type { Graph } from '../git/graph';
import { hasReplacements, type Places } from '../git/places';
import { tellKept, type Kept } from '../model/kept';
import type { ExecuteOptions, Step, Work } from '../model/model';
import { operationInProgress, readStatus, readWorktrees } from '../read/snapshot';
import { protectedRefusal } from '../remote/protected';
import { signInProblem } from '../remote/sign-in';
import type { Hooks } from './hooks';
import { readHead, readIds } from './identity';
import type { Journal } from './journal';
import type { Keeper } from './keep';
import { lastKnown, reflogWord } from './ownership';
import { keepStash } from './safety';
import { findStash } from './stash';
import { shortRef, tagCommand } from './steps';
import { formatNames } from '../../shared/format';

/** What came of a step. */
export type StepResult =
  | { status: 'done'; warning?: string }
  | { status: 'conflict'; files: string[]; message: string }
  | {
      status: 'failed';
      stderr: string;
      message: string;
      /** Git was killed: who knows how far it came. */ cutOff?: boolean;
    };

/** What steps are done with. */
export interface Tools {
  git: Git;
  graph: Graph;
  hooks: Hooks;
  places: Places;
  keeper: Keeper;
  options: ExecuteOptions;
}

type Of<D extends Work['do']> = Extract<Work, { do: D }>;

const done: StepResult = { status: 'done' };

/** Does steps and knows which branch is checked out meanwhile. */
export class Performer {
  /** What git writes into the reflog beside each move. */
  private word = '';

  constructor(
    private readonly tools: Tools,
    /** The branch that is checked out. */
    private head: string | undefined,
  ) {}

  async perform(step: Step, journal: Journal): Promise<StepResult> {
    const { work } = step;
    this.word = reflogWord(journal.id, step.index);
    switch (work.do) {
      case 'hook':
        return this.runHook(work);
      case 'checkout':
        return this.checkout(work.branch);
      case 'merge':
        return this.merge(step, work);
      case 'squash':
        return this.squash(step, work);
      case 'rebase':
        return this.rebase(step, work, journal);
      case 'tag':
        return this.tag(work);
      case 'bump':
        return this.bump(step, work);
      case 'removeSection':
        return this.removeSection(step);
      case 'unstash':
        return this.unstash(journal);
      case 'deleteRemoteBranch':
        return this.deleteRemoteBranch(step, work);
      case 'pull':
        return this.pull(step, work, journal);
      case 'revert':
        return this.revert(step, work);
      case 'push': {
        const { lease } = work;
        const kept = lease ? await this.tools.keeper.replaced(`refs/heads/${lease.branch}`, lease.commit) : [];
        const result = await this.push(step, work.remote);
        return result.status === 'done' ? telling(kept, result) : result;
      }
      case 'pushAllTags':
        return this.push(step, work.remote);
      case 'createBranch':
      case 'createFromFetch':
      case 'firstCommit':
        return this.create(work, step);
      case 'renameBranch': {
        const result = await this.all(step.commands, `Could not rename '${work.branch}'.`);
        if (result.status === 'done' && this.head === work.branch) this.head = work.to;
        return result;
      }
      case 'deleteBranch':
        return this.deleteBranch(step, work, journal);
      case 'setConfig':
      case 'renameSection':
        return this.all(step.commands, 'Could not write the configuration.');
      case 'stash':
        return this.all(step.commands, `Could not do this: ${step.title}.`);
    }
  }

  /** Runs a command of the plan, `git` being its first word. */
  private run(command: readonly string[], input?: string): Promise<GitAnswer> {
    const { signal, onOutput } = this.tools.options;
    return this.tools.git.run(command.slice(1), {
      patient: true,
      alone: true,
      env: { GIT_REFLOG_ACTION: this.word },
      ...(input === undefined ? {} : { input }),
      // A push can hang; what changes the repository is never cut off in the middle.
      ...(command[1] === 'push' || command[1] === 'fetch' ? { signal } : {}),
      ...(onOutput ? { onOutput } : {}),
    });
  }

  private async create(work: Of<'createBranch' | 'createFromFetch' | 'firstCommit'>, step: Step): Promise<StepResult> {
    const message = `Could not create '${work.branch}'.`;
    const last = step.commands.at(-1) ?? [];
    const before = await this.all(step.commands.slice(0, -1), message);
    if (before.status !== 'done') return before;
    const checksOut = last[1] === 'checkout';
    let result = checksOut ? await this.landing(work.branch, last, message) : await this.all([last], message);
    if (checksOut && (await this.isHalfMade(result, work))) result = await this.checkout(work.branch);
    if (result.status === 'done' && !(work.do === 'createBranch' && !work.checkout)) this.head = work.branch;
    return result;
  }

  /** Git makes the branch first and then moves HEAD: it may have been stopped between the two. */
  private async isHalfMade(
    result: StepResult,
    work: Of<'createBranch' | 'createFromFetch' | 'firstCommit'>,
  ): Promise<boolean> {
    if (result.status !== 'failed' || work.do !== 'createBranch') return false;
    if (!result.stderr.includes('already exists')) return false;
    const { graph } = this.tools;
    const [made, start] = await Promise.all([graph.commit(`refs/heads/${work.branch}`), graph.commit(work.start)]);
    return made !== undefined && made === start;
  }

  private async all(commands: readonly string[][], message: string): Promise<StepResult> {
    for (const command of commands) {
      const answer = await this.run(command);
      if (answer.code !== 0) return failed(answer, message);
    }
    return done;
  }

  private async checkout(branch: string): Promise<StepResult> {
    if (this.head === branch) return done;
    const kept = await this.leavesDetached();
    const result = await this.landing(
      branch,
      ['git', 'checkout', '-q', branch, '--'],
      `Could not check out branch '${branch}'.`,
    );
    if (result.status === 'done') this.head = branch;
    return telling(kept, result);
  }

  /** A command that checks the branch out. Git answers as its hook does, after all is done. */
  private async landing(branch: string, command: readonly string[], message: string): Promise<StepResult> {
    const { places } = this.tools;
    const before = readHead(places);
    const answer = await this.run(command);
    if (answer.code === 0) return done;
    const now = readHead(places);
    if (now === before || now !== `refs/heads/${branch}` || answer.code > 128) return failed(answer, message);
    return { status: 'done', warning: `The hook post-checkout ended with exit code ${answer.code}.` };
  }

  /** Git warns of commits on a detached HEAD that are left; here they are kept. */
  private async leavesDetached(): Promise<Kept[]> {
    return this.head === undefined ? this.tools.keeper.head() : [];
  }

  private async runHook(work: Of<'hook'>): Promise<StepResult> {
    const { hooks, options } = this.tools;
    // The repository may have been moved since the plan was made.
    const file = existsSync(work.file) ? work.file : (hooks.find(basename(work.file)) ?? work.file);
    const answer = await hooks.run(file, work.args, options.onOutput, work.env);
    // It may have checked something out.
    this.head = undefined;
    if (answer.code === 0) return done;
    const message = `Hook command ${work.file} ended with exit code ${answer.code}.`;
    return work.mayFail
      ? { status: 'done', warning: message }
      : { status: 'failed', stderr: answer.stderr || answer.stdout, message };
  }

  private async merge(step: Step, work: Of<'merge'>): Promise<StepResult> {
    const ready = await this.checkout(work.into);
    if (ready.status !== 'done') return ready;
    let command = step.commands[1] ?? [];
    if (work.fastForward === 'single' && (await this.countAhead(work)) !== 1) {
      command = command.map((word) => (word === '--ff' ? '--no-ff' : word));
    }
    const answer = await this.run(mergeWith(command, '--commit', '--no-squash'));
    if (answer.code === 0) return done;
    return this.explain(answer, `Could not merge '${shortRef(work.source)}' into '${work.into}'.`);
  }

  private async countAhead(work: Of<'merge'>): Promise<number> {
    const { graph } = this.tools;
    const [into, source] = await Promise.all([graph.commit(`refs/heads/${work.into}`), graph.commit(work.source)]);
    return into === undefined || source === undefined ? 0 : graph.count(into, source, 2);
  }

  private async squash(step: Step, work: Of<'squash'>): Promise<StepResult> {
    const ready = await this.checkout(work.into);
    if (ready.status !== 'done') return ready;
    const [, merge = [], commit = []] = step.commands;
    const answer = await this.run(mergeWith(merge, '--no-commit', '--ff'));
    if (answer.code !== 0)
      return this.explain(answer, `Could not squash '${shortRef(work.source)}' into '${work.into}'.`);
    if (work.mayBeEmpty && (await this.tools.git.holds(['diff', '--cached', '--quiet']))) return done;
    if (work.info !== undefined) {
      const log = await this.tools.git.read([
        'log',
        '--no-merges',
        '--pretty=medium',
        `^refs/heads/${work.into}`,
        work.source,
      ]);
      writeFileSync(
        join(this.tools.places.gitDir, 'SQUASH_MSG'),
        `Squashed commit of the following:\n\n${work.info}\n\n${log}`,
      );
    }
    const committed = await this.run(commit);
    if (committed.code === 0) return done;
    return failed(committed, 'The squashed changes could not be committed. They are staged.');
  }

  private async rebase(step: Step, work: Of<'rebase'>, journal: Journal): Promise<StepResult> {
    const ready = await this.checkout(work.branch);
    if (ready.status !== 'done') return ready;
    const kept = await this.keepGrown(work.branch, journal);
    const answer = await this.run(step.commands[1] ?? []);
    if (answer.code === 0) return telling(kept, done);
    return telling(kept, await this.explain(answer, `Could not rebase '${work.branch}' onto '${work.onto}'.`));
  }

  /** What came to a branch since the action began is held by nothing when the branch is rewritten: it is kept. */
  private async keepGrown(branch: string, journal: Journal): Promise<Kept[]> {
    const { git, places, keeper } = this.tools;
    const ref = `refs/heads/${branch}`;
    const now = (await readIds(git, places, [ref]))[ref] ?? null;
    return now === null || now === lastKnown(journal, ref) ? [] : keeper.tips([{ ref, now, to: null }]);
  }

  private async revert(step: Step, work: Of<'revert'>): Promise<StepResult> {
    const ready = await this.checkout(work.branch);
    if (ready.status !== 'done') return ready;
    const { git } = this.tools;
    for (const command of step.commands.slice(1)) {
      // A part of them may be done: git names in each revert the commit that it takes back.
      const id = command.at(-1) ?? '';
      const grep = `--grep=This reverts commit ${id}`;
      const known = await git.run(['log', '-1', grep, '--format=%H', `${id}..HEAD`, '--']);
      if (known.stdout.trim() !== '') continue;
      const answer = await this.run(command);
      if (answer.code !== 0) return this.explain(answer, `Could not revert ${id.slice(0, 8)} on '${work.branch}'.`);
    }
    return done;
  }

  private async tag(work: Of<'tag'>): Promise<StepResult> {
    const other = await this.otherTree(work);
    if (other !== undefined) return other;
    let { message } = work;
    if (message !== undefined && work.filter !== undefined) {
      // The exit code of this filter is of no account.
      const answer = await this.tools.hooks.run(work.filter, [message, work.tag]);
      message = answer.stdout.replace(/\n+$/, '');
    }
    if (work.record !== undefined) {
      const own = message ?? (work.messageFile === undefined ? work.tag : readFileSync(work.messageFile, 'utf8'));
      message = `${own.trimEnd()}\n\n${work.record}`;
    }
    const text = message === undefined ? undefined : `${message.replace(/\n+$/, '')}\n`;
    const answer = await this.run(tagCommand(work), text);
    if (answer.code === 0) return done;
    const noText = text === undefined && work.messageFile === undefined;
    const next = noText ? ' Give it a message and finish again.' : '';
    return failed(answer, `Could not make the tag '${work.tag}'.${next}`);
  }

  /** Hooks, merge drivers and options of a branch can make another tree than the one that was judged. */
  private async otherTree({ on, tree, tag }: Of<'tag'>): Promise<StepResult | undefined> {
    if (tree === undefined) return undefined;
    const { git } = this.tools;
    const actual = (await git.read(['rev-parse', `refs/heads/${on}^{tree}`])).trim();
    if (actual === tree) return undefined;
    const answer = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', tree, actual]);
    const files = formatNames(answer.stdout.split('\0').filter(Boolean), 5);
    return {
      status: 'failed',
      stderr: '',
      message: `'${on}' is not what the gates judged, so '${tag}' is not made: ${files} differ${files.includes(',') ? '' : 's'}. Undo it, and finish again with a reason for the gate 'tree'.`,
    };
  }

  private async bump(step: Step, work: Of<'bump'>): Promise<StepResult> {
    const { bumpFiles } = await import('../read/versions.bundle');
    await bumpFiles(this.tools.places.root, work.files, work.version);
    return this.all(step.commands, 'The version files could not be committed.');
  }

  private async removeSection(step: Step): Promise<StepResult> {
    const answer = await this.run(step.commands[0] ?? []);
    // Gone already is as good.
    if (answer.code === 0 || answer.stderr.includes('no such section')) return done;
    return failed(answer, 'Could not write the configuration.');
  }

  private async unstash(journal: Journal): Promise<StepResult> {
    const name = await findStash(this.tools.git, journal);
    if (name === undefined) return done;
    await keepStash(this.tools.git, name);
    for (const index of [['--index'], []]) {
      if ((await this.run(['git', 'stash', 'pop', '-q', ...index, name])).code === 0) return done;
    }
    // Cut off in the middle: they are here, and only have to be taken from the list.
    if (await this.tools.git.holds(['diff', '--quiet', name])) {
      await this.run(['git', 'stash', 'drop', '-q', name]);
      return done;
    }
    return {
      status: 'done',
      warning: `Your uncommitted changes don't fit any more. They are kept: see 'git stash show -p ${name}'.`,
    };
  }

  /**
   * Deletes the branch from where the action knows it to be. One that has grown meanwhile goes only if another branch
   * has its commits.
   */
  private async deleteBranch(step: Step, work: Of<'deleteBranch'>, journal: Journal): Promise<StepResult> {
    const { git, places, keeper } = this.tools;
    const { branch } = work;
    const ref = `refs/heads/${branch}`;
    const message = `Could not delete the branch '${branch}'.`;
    const tip = (await readIds(git, places, [ref]))[ref] ?? null;
    if (tip === null) return { status: 'failed', stderr: '', message: `${message} It is gone already.` };
    if (readHead(places) === ref) {
      if (work.leaveTo === undefined) {
        return { status: 'failed', stderr: '', message: `${message} It is checked out: check out another one.` };
      }
      const left = await this.checkout(work.leaveTo);
      if (left.status !== 'done') return left;
    }
    const place = (await readWorktrees(git, places)).get(branch);
    if (place !== undefined) {
      return { status: 'failed', stderr: '', message: `${message} It is checked out at '${place}'.` };
    }
    const others = ['for-each-ref', '--count=2', `--contains=${tip}`, '--format=%(refname)', 'refs/heads'];
    if (tip !== lastKnown(journal, ref) && (await git.read(others)).trim() === ref) {
      const grown = `'${branch}' has commits that were made since the action began and that no other branch has.`;
      return { status: 'failed', stderr: '', message: `${grown} Merge them or put them on another branch first.` };
    }
    // Git takes a branch for merged whose commits only a graft or a replacement makes another's.
    const kept = hasReplacements(places) ? await keeper.tips([{ ref, now: tip, to: null }]) : [];
    if (!work.force) return telling(kept, await this.all(step.commands, message));
    const deleted = await this.all([['git', 'update-ref', '-d', ref, tip]], message);
    if (deleted.status !== 'done') return deleted;
    // As `git branch -D` does.
    const section = `branch.${branch}`;
    const configured = journal.before.config.some(([key]) => key.startsWith(`${section}.`));
    if (configured) await this.run(['git', 'config', '--local', '--remove-section', section]);
    return telling(kept, done);
  }

  private async deleteRemoteBranch(step: Step, work: Of<'deleteRemoteBranch'>): Promise<StepResult> {
    const answer = await this.run(step.commands[0] ?? []);
    if (answer.code === 0) return done;
    if (answer.stderr.includes('remote ref does not exist')) {
      return this.all(
        [['git', 'update-ref', '-d', `refs/remotes/${work.remote}/${work.branch}`]],
        'Could not remove the record of the remote branch.',
      );
    }
    const why = signInProblem(answer, work.remote) ?? `Could not delete the remote ${work.branch} in ${work.remote}.`;
    return failed(answer, why);
  }

  private async push(step: Step, remote: string): Promise<StepResult> {
    const command = step.commands[0] ?? [];
    let answer = await this.run(command);
    // An old server, or one that speaks the plain protocol, knows no such push.
    if (answer.code !== 0 && answer.stderr.includes('does not support --atomic')) {
      answer = await this.run(command.filter((word) => word !== '--atomic'));
    }
    if (answer.code === 0) return done;
    const why = signInProblem(answer, remote) ?? protectedRefusal(answer, remote) ?? `${step.title} was refused.`;
    return failed(answer, why);
  }

  private async pull(step: Step, work: Of<'pull'>, journal: Journal): Promise<StepResult> {
    // 'pull.rebase' may make a rebase of any pull.
    const kept = await this.keepGrown(work.branch, journal);
    const answer = await this.run(step.commands[0] ?? []);
    if (answer.code === 0) return telling(kept, done);
    const why = signInProblem(answer, work.remote) ?? `Failed to pull from remote '${work.remote}'.`;
    return telling(kept, await this.explain(answer, why));
  }

  /** A conflict, or a failure. */
  private async explain(answer: GitAnswer, message: string): Promise<StepResult> {
    const { git, places } = this.tools;
    if (isLocked(answer)) return failed(answer, message);
    const { conflicts } = await readStatus(git, places);
    if (conflicts.length > 0) {
      return {
        status: 'conflict',
        files: conflicts,
        message: `There were merge conflicts in ${conflicts.join(', ')}. Resolve them and commit, then resume.`,
      };
    }
    const remembered = [
      ...`${answer.stdout}\n${answer.stderr}`.matchAll(/^(?:Staged|Resolved) '(.+)' using previous/gm),
    ];
    if (remembered.length > 0) {
      const files = remembered.map(([, file = '']) => file);
      return {
        status: 'conflict',
        files,
        message: `Git has resolved ${files.join(', ')} as it was resolved before (rerere). Look at it, then resume.`,
      };
    }
    if (operationInProgress(places.gitDir) === 'merge') {
      const made = 'The merge is made but was not committed';
      return failed(answer, causeOf(answer) === undefined ? `${made}: a hook refused it.` : `${made}.`);
    }
    if (answer.stderr.includes('unrelated histories') && existsSync(join(places.commonDir, 'shallow'))) {
      return failed(answer, `${message} This clone is shallow: get the whole history with 'git fetch --unshallow'.`);
    }
    return failed(answer, message);
  }
}

/**
 * A merge with what it is meant to do said aloud: `merge.ff` and `branch.<name>.mergeOptions` may say otherwise, and a
 * merge that is not committed would be tagged all the same. What the command itself says comes last, and counts.
 */
function mergeWith([git = '', merge = '', ...rest]: readonly string[], ...flags: string[]): string[] {
  return [git, merge, ...flags, ...rest];
}

/** The result, with what had to be kept on the way to it. */
function telling(kept: readonly Kept[], result: StepResult): StepResult {
  if (kept.length === 0) return result;
  const told = tellKept(kept).join(' ');
  return result.status === 'done' ? { ...result, warning: told } : { ...result, message: `${result.message} ${told}` };
}

/** A failure with its real cause, where git says one. */
function failed(answer: GitAnswer, message: string): StepResult {
  const cause = causeOf(answer);
  return {
    status: 'failed',
    stderr: complaint(answer),
    message: cause === undefined ? message : `${message} ${cause}`,
    cutOff: answer.code > 128,
  };
}
