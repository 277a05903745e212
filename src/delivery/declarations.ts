/** The CodePipeline declarations in files of the workspace. */
import { type Disposable, EventEmitter, type Uri, workspace } from 'vscode';
import { isRecord } from '../shared/guards';
import { valueOfJson } from '../shared/json';
import { mayHoldTemplate, templatePipelines } from './templates';
import { moduleFilesOf } from './terraform-module';

/** A declaration as a file has it. */
export interface DeclarationFile {
  uri: Uri;
  name: string;
}

const glob =
  '**/{*{pipeline,delivery,deploy,cicd,release}*.json,*{template,stack,pipeline,delivery,cicd}*.{yaml,yml,template},*.template.json,*.tf.json}';
const terraform = '**/*.tf';
const folders = '**/{node_modules,.git,.venv}/**';
const mostFiles = 200;
/** Bytes; a declaration is far smaller. */
const largest = 1_000_000;

export class WorkspaceDeclarations implements Disposable {
  private found: Promise<readonly DeclarationFile[]> | undefined;
  private readonly changes = new EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private watcher: Disposable | undefined;

  list(): Promise<readonly DeclarationFile[]> {
    this.watcher ??= this.watch();
    this.found ??= find();
    return this.found;
  }

  async names(): Promise<ReadonlySet<string>> {
    return new Set((await this.list()).map(({ name }) => name));
  }

  dispose(): void {
    this.watcher?.dispose();
    this.changes.dispose();
  }

  private watch(): Disposable {
    const again = (): void => {
      this.found = undefined;
      this.changes.fire();
    };
    const watchers = [glob, terraform].map((files) => workspace.createFileSystemWatcher(files));
    for (const watcher of watchers) {
      watcher.onDidCreate(again);
      watcher.onDidChange(again);
      watcher.onDidDelete(again);
    }
    return { dispose: () => watchers.forEach((watcher) => void watcher.dispose()) };
  }
}

async function find(): Promise<readonly DeclarationFile[]> {
  // A project may have more files of Terraform than are looked at; they leave the others their place.
  const found = [glob, terraform].map((files) => workspace.findFiles(files, folders, mostFiles));
  const uris = (await Promise.all(found)).flat();
  const read = await Promise.all(
    uris.map(async (uri): Promise<DeclarationFile[]> => {
      const { size } = await workspace.fs.stat(uri);
      if (size > largest) return [];
      const text = Buffer.from(await workspace.fs.readFile(uri)).toString('utf8');
      if (mayHoldTemplate(text)) {
        const pipelines = await templatePipelines(text, uri.path, await moduleFilesOf(uri));
        return pipelines.map(({ name: held }) => ({ uri, name: held }));
      }
      const name = nameIn(text);
      return name === undefined ? [] : [{ uri, name }];
    }),
  );
  return read.flat();
}

/** The name of the pipeline that a text declares, in the form of get-pipeline or without its frame. */
export function nameIn(text: string): string | undefined {
  if (!text.includes('actionTypeId')) return undefined;
  const value = valueOfJson(text);
  const declaration = isRecord(value) && isRecord(value['pipeline']) ? value['pipeline'] : value;
  if (!isRecord(declaration) || !Array.isArray(declaration['stages'])) return undefined;
  return typeof declaration['name'] === 'string' ? declaration['name'] : undefined;
}
