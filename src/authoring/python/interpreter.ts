import { extensions, type Uri } from 'vscode';
import { settings } from '../../workbench';

/** The part of the Python extension's interface that is used here. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(resource?: Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable?: { uri?: Uri } } | undefined>;
  };
}

/** The interpreter for a file: the Python extension's choice, else the setting, else the one on the path. */
export async function interpreterFor(resource: Uri): Promise<string> {
  const chosen = await chosenInterpreter(resource);
  if (chosen) return chosen;
  return settings('python.path', resource) || (process.platform === 'win32' ? 'python' : 'python3');
}

async function chosenInterpreter(resource: Uri): Promise<string | undefined> {
  const extension = extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension) return undefined;
  try {
    const { environments } = await extension.activate();
    if (!environments) return undefined;
    const found = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
    return found?.executable?.uri?.fsPath;
  } catch {
    // The Python extension's failure is its own affair: there are two more ways.
    return undefined;
  }
}
