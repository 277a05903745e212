import { FileType, Uri, workspace } from 'vscode';
import type { Session } from '../../aws/index';
import { UserError } from '../../workbench/index';
import type { FormParameter } from '../panels/run-form/contract';
import { splitS3Uri } from '../service';
import type { DefinitionFile, WorkspaceDefinitions } from '../workspace';
import { lastPart } from '../../shared/format';

/** Never part of what a run reads. */
const LEFT_OUT = new Set(['.git', '.venv', '__pycache__', 'node_modules']);
/** Requests at a time. */
const ABREAST = 8;

/**
 * Copies the files that the run reads to where its parameters say that it reads them: `uploads` of
 * `.mlops/config.json` maps a parameter with an S3 URI to a file or folder of the repository.
 *
 * @param values what the run sets in place of the parameters' defaults
 */
export async function uploadSources(
  session: Session,
  definitions: WorkspaceDefinitions,
  file: DefinitionFile,
  parameters: readonly FormParameter[],
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { uploads } = await definitions.config(file.folder);
  for (const parameter of parameters) {
    const path = uploads.get(parameter.name);
    const target = values[parameter.name] ?? parameter.default;
    if (path === undefined || target === undefined) continue;
    if (!target.startsWith('s3://')) {
      throw new UserError(`${parameter.name} must be an S3 URI (s3://bucket/key), for ${path} is copied there.`);
    }
    await upload(session, Uri.joinPath(file.folder.uri, path), target);
  }
}

async function upload(session: Session, source: Uri, target: string): Promise<void> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(target);
  const files = await filesBelow(source);
  for (let at = 0; at < files.length; at += ABREAST) {
    await Promise.all(
      files.slice(at, at + ABREAST).map(async ({ uri, path }) => {
        const Body = await workspace.fs.readFile(uri);
        const Key = path === '' ? key : `${key.replace(/\/$/, '')}/${path}`;
        await session.call(`copy ${lastPart(uri.path)} to ${target}`, () =>
          s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body })),
        );
      }),
    );
  }
}

/** The file itself, or the files below a folder; `path` is relative to the folder and empty for a file. */
async function filesBelow(root: Uri, path = ''): Promise<{ uri: Uri; path: string }[]> {
  const uri = path === '' ? root : Uri.joinPath(root, path);
  let type: FileType;
  try {
    ({ type } = await workspace.fs.stat(uri));
  } catch (error) {
    throw new UserError(`${uri.fsPath} does not exist. Mend uploads in .mlops/config.json.`, undefined, {
      cause: error,
    });
  }
  if ((type & FileType.Directory) === 0) return [{ uri, path }];
  const entries = await workspace.fs.readDirectory(uri);
  const below = entries
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name]) => filesBelow(root, path === '' ? name : `${path}/${name}`));
  return (await Promise.all(below)).flat();
}
