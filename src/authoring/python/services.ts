import type { Disposable, Uri } from 'vscode';
import type { FoundPipeline } from '../../sources/find';
import type { LocalAccess } from '../../sources/local-environment';
import type { Project } from '../../sources/project';

/** Where the AWS of a program is: its address, keys, account, and the role that jobs run with. */
export interface ProgramAccess extends LocalAccess {
  account: string;
  role: string;
}

/** What rendering needs of the extension. */
export interface PythonServices {
  readonly panels: { readonly extensionUri: Uri };
  readonly projects: Disposable & {
    projectOf(script: Uri): Promise<Project>;
    /** Is told how the pipeline was called that a program made. */
    keepName(project: Project, pipeline: FoundPipeline, made: string): Promise<void>;
  };
  /** Where private Python environments are kept. */
  readonly environments: Uri;
  /** The account of Local, whether it runs or not: what a template leaves open is read for it. */
  readonly place: Pick<ProgramAccess, 'region' | 'account' | 'role'>;
  /** Where a script's AWS is: Local, started where it does not run. */
  localAccess(): Promise<ProgramAccess>;
}
