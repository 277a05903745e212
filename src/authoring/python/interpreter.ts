import { extensions, type Uri } from 'vscode';
import { settings } from '../../workbench';

/** The part of the Python extension's interface that is used here. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(resource?: Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable?: { uri?: Uri } } | undefined>;
  };
}

/** The interpreter that the user chose for a file: in the setting, else in the Python extension. */
export async function interpreterFor(resource: Uri): Promise<string | undefined> {
  return settings('python.path', resource) || (await chosenInterpreter(resource));
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
