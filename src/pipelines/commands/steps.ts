/** What the menus of steps offer: the job behind one, its page in the console, the files that it wrote. */
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { commands, env, ProgressLocation, type QuickPickItem, Uri, window, workspace } from 'vscode';
import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import type { Session } from '../../aws';
import { formatBytes, lastPart } from '../../shared/format';
import { splitS3Uri } from '../../shared/s3-uri';
import { UserError } from '../../workbench';
import type { RemoteDocuments } from '../documents';
import { artifactsOf } from '../panels/run-graph/step-detail';
import { stepConsole } from '../panels/run-graph/step-kinds';
import { jobOf, listSteps } from '../service';
import { listObjects } from './open-remote';

/** Shows what the service says of the job behind a step. */
export async function openJob(documents: RemoteDocuments, session: Session, executionArn: string, step: string) {
  const job = await jobOf(session, await listed(session, executionArn, step));
  if (!job) throw new UserError(`${step} has not started a job.`);
  const { $metadata: _, ...described } = job.job as typeof job.job & { $metadata?: unknown };
  await documents.show(`jobs/${job.name}.json`, `${JSON.stringify(described, undefined, 2)}\n`);
}

/** Opens the page of a step's job or resource in the AWS console. */
export async function openInConsole(session: Session, executionArn: string, step: string): Promise<void> {
  const { Metadata = {} } = await listed(session, executionArn, step);
  const url = stepConsole(Metadata, session.region);
  if (url === undefined) throw new UserError(`Where the AWS console shows ${step} is not known here.`);
  await env.openExternal(Uri.parse(url));
}

/** Saves a file of S3, or all that lies below a prefix; of a step one of those that it wrote. */
export async function downloadArtifact(
  session: Session,
  what: { uri: string } | { executionArn: string; step: string },
): Promise<void> {
  const uri = 'uri' in what ? what.uri : await pickArtifact(session, what.executionArn, what.step);
  if (uri === undefined) return;
  const { bucket, key } = splitS3Uri(uri);
  const objects = await listObjects(session, uri);
  const exact = objects.find((object) => object.key === key);
  if (objects.length === 0) throw new UserError(`There is nothing under ${uri}.`);
  const chosen = exact ? [exact] : await pickObjects(uri, objects);
  const [first] = chosen;
  if (!first) return;
  const folder = chosen.length > 1 ? await askFolder(uri) : undefined;
  const file = chosen.length > 1 ? undefined : await askFile(lastPart(first.key));
  if (!folder && !file) return;
  const title = chosen.length > 1 ? `${chosen.length} files` : lastPart(first.key);
  const options = { location: ProgressLocation.Notification, title: `Downloading ${title}`, cancellable: true };
  const done = await window.withProgress(options, async (progress, cancellation) => {
    const stop = new AbortController();
    cancellation.onCancellationRequested(() => stop.abort());
    for (const object of chosen) {
      const target = file ?? below(folder ?? '', object.key.slice(key.length));
      progress.report({ message: formatBytes(object.size), increment: 100 / chosen.length });
      if (!(await save(session.until(stop.signal), `s3://${bucket}/${object.key}`, target, stop.signal))) return false;
    }
    return true;
  });
  if (!done) return;
  const reveal = 'Reveal';
  const place = file ?? folder ?? '';
  if ((await window.showInformationMessage(`${title} was saved in ${place}.`, reveal)) === reveal) {
    await commands.executeCommand('revealFileInOS', Uri.file(place));
  }
}

/** A step of a run as the service lists it. */
export async function listed(session: Session, executionArn: string, step: string): Promise<PipelineExecutionStep> {
  const found = (await listSteps(session, executionArn)).find(({ StepName }) => StepName === step);
  if (!found) throw new UserError(`${step} has not been reached.`);
  return found;
}

/** The files that a step wrote; asks where there are several. */
async function pickArtifact(session: Session, executionArn: string, step: string): Promise<string | undefined> {
  const job = await jobOf(session, await listed(session, executionArn, step));
  const artifacts = job ? artifactsOf(job) : [];
  if (artifacts.length < 2) {
    if (artifacts[0]) return artifacts[0].uri;
    throw new UserError(`${step} has not written a file.`);
  }
  const picked = await window.showQuickPick(
    artifacts.map(({ label, uri }) => ({ label, detail: uri })),
    { title: `Files of ${step}`, placeHolder: 'What is to be downloaded' },
  );
  return picked?.detail;
}

/** One of the objects below a prefix, or all. */
async function pickObjects<O extends { key: string; size: number }>(uri: string, objects: readonly O[]): Promise<O[]> {
  if (objects.length === 1) return [...objects];
  interface Choice extends QuickPickItem {
    objects: readonly O[];
  }
  const all = objects.reduce((sum, { size }) => sum + size, 0);
  const choices: Choice[] = [
    { label: `All ${objects.length} files`, description: formatBytes(all), objects },
    ...objects.map((object) => ({
      label: lastPart(object.key),
      description: formatBytes(object.size),
      detail: object.key,
      objects: [object],
    })),
  ];
  const picked = await window.showQuickPick(choices, { title: uri, placeHolder: 'What is to be downloaded' });
  return [...(picked?.objects ?? [])];
}

async function askFile(name: string): Promise<string | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: 'Download Artifact',
    ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
  });
  return target?.fsPath;
}

async function askFolder(uri: string): Promise<string | undefined> {
  const picked = await window.showOpenDialog({
    title: `Download ${uri}`,
    openLabel: 'Download Here',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return picked?.[0]?.fsPath;
}

/** A place below a folder; what a key says of places above it is left out. */
function below(folder: string, key: string): string {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const place = join(folder, ...parts);
  if (relative(folder, place).startsWith(`..${sep}`)) throw new UserError(`${key} is not a file below ${folder}.`);
  return place;
}

/** Writes an object to a file, part by part; false where it was cancelled, and the file is gone then. */
async function save(session: Session, uri: string, target: string, signal: AbortSignal): Promise<boolean> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  await mkdir(dirname(target), { recursive: true });
  try {
    await session.call(`download ${uri}`, async () => {
      const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
      await pipe(Body as Readable, createWriteStream(target), { signal });
    });
    return true;
  } catch (error) {
    await rm(target, { force: true });
    if (signal.aborted) return false;
    throw error;
  }
}
