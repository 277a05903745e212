/** From a run to its commit and back: its changes, its files, its runs. */
import { commands, extensions, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { abreast, type Connections, type Session } from '../../aws';
import { runGit } from '../../gitflow';
import { formatAge, shortId } from '../../shared/format';
import { rowIcon, statusFaces } from '../../shared/status';
import { UserError } from '../../workbench';
import type { Execution, Provenance } from '../model';
import { rootWith } from '../reproduce';
import { listExecutions, pagePipelines } from '../service';

/** How far back in each pipeline the runs of a commit are looked for. */
const mostRuns = 500;
const mostPipelines = 100;
/** Requests at a time. */
const most = 4;

/** As much of VS Code's own Git extension as is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { toGitUri(uri: Uri, ref: string): Uri };
}

/** The root of the repository of this workspace that has a commit; undefined where none has. */
export async function repositoryWith(commit: string): Promise<string | undefined> {
  for (const { uri } of workspace.workspaceFolders ?? []) {
    const root = uri.scheme === 'file' ? await rootWith(uri.fsPath, commit) : undefined;
    if (root !== undefined) return root;
  }
  return undefined;
}

/** Shows what changed from one commit to another in the multi-file diff editor. */
export async function showCommitChanges(from: string, to: string, title: string): Promise<void> {
  const root = await repositoryWith(from);
  if (root === undefined || (await rootWith(root, to)) === undefined) {
    throw new UserError(
      `No repository of this workspace has both ${shortId(from)} and ${shortId(to)}. Fetch them first.`,
    );
  }
  const git = extensions.getExtension<GitExtension>('vscode.git');
  const api = git && (git.isActive ? git.exports : await git.activate());
  if (!api?.enabled) {
    throw new UserError("Comparing needs VS Code's own Git extension. Switch it on with the setting git.enabled.");
  }
  const view = api.getAPI(1);
  const words = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to];
  const paths = (await runGit(root, words)).stdout.split('\0').filter(Boolean);
  const resources = paths.map((path) => {
    const uri = Uri.joinPath(Uri.file(root), path);
    return [uri, view.toGitUri(uri, from), view.toGitUri(uri, to)];
  });
  await commands.executeCommand('vscode.changes', title, resources);
}

/** Checks out the commit that a run was started from, after asking; HEAD stands on no branch then. */
export async function checkOutCommit({ provenance, name }: Pick<Execution, 'provenance' | 'name'>): Promise<void> {
  const commit = provenance?.commit;
  if (commit === undefined) throw new UserError(`${name} does not say which commit it was started from.`);
  const root = await repositoryWith(commit);
  if (root === undefined) {
    throw new UserError(`${shortId(commit)} is in no repository of this workspace. Fetch it, or open its repository.`);
  }
  const [branch, detached] = ['Create Branch…', 'Check Out'];
  const detail = [
    `${root}: ${shortId(commit)}${provenance?.branch ? `, then on ${provenance.branch}` : ''}.`,
    'Without a branch, HEAD is detached: commits made there belong to no branch.',
    ...(provenance?.dirty ? ['The run had uncommitted changes, which this commit does not have.'] : []),
  ].join('\n');
  const answer = await window.showInformationMessage(
    `Check out the commit of ${name}?`,
    { modal: true, detail },
    detached,
    branch,
  );
  if (answer === undefined) return;
  const named = answer === branch ? await askBranch(root) : undefined;
  if (answer === branch && named === undefined) return;
  const words = named === undefined ? ['checkout', '--detach', commit] : ['checkout', '-b', named, commit];
  const { code, stderr } = await runGit(root, words);
  if (code !== 0) throw new UserError(`Git could not check out ${shortId(commit)}: ${stderr.trim()}`);
  await commands.executeCommand('git.refresh').then(undefined, () => undefined);
}

async function askBranch(root: string): Promise<string | undefined> {
  return window.showInputBox({
    title: 'Create Branch',
    prompt: 'Name of the branch',
    ignoreFocusOut: true,
    validateInput: async (name) => {
      if (name.trim() === '') return 'Type a name.';
      const { code } = await runGit(root, ['check-ref-format', '--branch', name]);
      return code === 0 ? undefined : `${name} is not valid as the name of a branch.`;
    },
  });
}

/** Where the workspace stands now. */
export async function currentCommit(): Promise<string> {
  for (const { uri } of workspace.workspaceFolders ?? []) {
    const { code, stdout } = await runGit(uri.fsPath, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    if (code === 0) return stdout.trim();
  }
  throw new UserError('No folder of this workspace has a commit.');
}

/** Whether a run was started from a commit, or from another with the same files. */
export function isOfCommit(
  run: Pick<Provenance, 'commit' | 'tree'> | undefined,
  commit: string,
  tree?: string,
): boolean {
  return run?.commit === commit || (tree !== undefined && run?.tree === tree);
}

/** The runs of a commit that are chosen from all pipelines of the active connection. */
export async function pickRunsOfCommit(connections: Connections, commit: string): Promise<Execution[] | undefined> {
  interface Choice extends QuickPickItem {
    execution: Execution;
  }
  const connection = connections.active;
  const root = await repositoryWith(commit);
  const tree = root === undefined ? undefined : (await runGit(root, ['rev-parse', `${commit}^{tree}`])).stdout.trim();
  const load = async (): Promise<Choice[]> => {
    const runs = await runsWhere(await connections.session(connection), ({ provenance }) =>
      isOfCommit(provenance, commit, tree),
    );
    if (runs.length === 0) {
      throw new UserError(`${connection.label} has no run of ${shortId(commit)}.`);
    }
    return runs.map((execution) => ({
      label: `$(${rowIcon(statusFaces[execution.status]).icon}) ${execution.name}`,
      description: [
        execution.pipeline,
        execution.status,
        ...(execution.start ? [formatAge(execution.start.getTime(), Date.now())] : []),
        ...(execution.provenance?.dirty ? ['with uncommitted changes'] : []),
      ].join(' · '),
      execution,
    }));
  };
  const title = `Runs of ${shortId(commit)} · ${connection.label}`;
  const choices = await load();
  const picked = await window.showQuickPick(choices, {
    title,
    placeHolder: 'One to open, or several to compare',
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ execution }) => execution);
}

async function runsWhere(session: Session, test: (run: Execution) => boolean): Promise<Execution[]> {
  const { items } = await pagePipelines(session, '', 1, undefined);
  const pipelines = items.slice(0, mostPipelines);
  const runs = await abreast(pipelines, most, (pipeline) => listExecutions(session, pipeline, mostRuns));
  return runs
    .flat()
    .filter(test)
    .sort((a, b) => (b.start?.getTime() ?? 0) - (a.start?.getTime() ?? 0));
}
