import {
  ProcessExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  Uri,
  window,
  workspace,
} from 'vscode';
import { UserError } from '../../workbench';
import { isBuildspec } from '../builds/spec';

/** Runs a buildspec on this machine by the command line, in a task: its log stays when the build has ended. */
export async function runBuildspec(extension: Uri, given: unknown): Promise<void> {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  const document = uri && (await workspace.openTextDocument(uri));
  if (!document || !isBuildspec(document.uri.path, document.getText())) {
    throw new UserError('Open a buildspec of CodeBuild in YAML first.');
  }
  await document.save();
  const folder = workspace.getWorkspaceFolder(document.uri);
  const source = folder?.uri.fsPath ?? Uri.joinPath(document.uri, '..').fsPath;
  const program = Uri.joinPath(extension, 'dist', 'cli.js').fsPath;
  const execution = new ProcessExecution(
    process.execPath,
    [program, 'build', document.uri.fsPath, '--source', source],
    { cwd: source, env: { ELECTRON_RUN_AS_NODE: '1' } },
  );
  const name = `Build ${workspace.asRelativePath(document.uri, false)}`;
  const task = new Task({ type: 'process' }, folder ?? TaskScope.Workspace, name, 'MLOps Flow', execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated, clear: true };
  await tasks.executeTask(task);
}
