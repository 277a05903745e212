import { writeFile } from 'node:fs/promises';
import { commands, Uri, window, workspace } from 'vscode';
import { collect, type Session } from '../../aws';
import { messageOf, UserError } from '../../workbench';
import { readArchive } from '../artifacts/archives';
import { formatOf, isBinary } from '../artifacts/formats';
import type { RemoteDocuments } from '../documents';
import { readLog } from '../../aws/logs';
import { artifactsOf } from '../panels/run-graph/step-detail';
import { jobOf, listSteps, logPlaceOf, readBytes } from '../service';
import { count, formatBytes, lastPart } from '../../shared/format';
import { splitS3Uri } from '../../shared/s3-uri';

const megabyte = 1024 * 1024;
/** Bigger files are for other tools; of a text the beginning is shown. */
const largest = 8 * megabyte;
const beginning = megabyte;
/** Bigger archives and tables are not brought here for a look. */
const largestHeld = 256 * megabyte;
const mostListed = 500;

/** Shows the object under an `s3://` URI, or what lies below it where it is a folder. */
export async function openObject(documents: RemoteDocuments, session: Session, s3Uri: string): Promise<void> {
  const objects = await listObjects(session, s3Uri);
  const { key } = splitS3Uri(s3Uri);
  const exact = objects.find((object) => object.key === key);
  if (!exact && objects.length === 0) throw new UserError(`There is nothing under ${s3Uri}.`);
  if (!exact) return pick(documents, session, s3Uri, objects);
  const name = lastPart(key);
  const format = formatOf(name);
  const next = download(session, s3Uri);
  if (format === 'opaque') throw new UserError(`${name} cannot be shown.`, next);
  const most = format === 'image' ? largest : largestHeld;
  if (format !== 'text' && exact.size > most) {
    throw new UserError(`${s3Uri} has ${formatBytes(exact.size)}, too much to be shown.`, next);
  }
  const isCut = format === 'text' && exact.size > largest;
  const bytes = await readBytes(session, s3Uri, isCut ? beginning : undefined);
  if (format === 'archive') return openArchive(documents, s3Uri, bytes, next);
  const path = `s3/${s3Uri.slice('s3://'.length)}`;
  const cut = `${path.slice(0, -name.length)}first ${formatBytes(beginning)} of ${name}`;
  await showFile(documents, isCut ? cut : path, bytes, next);
}

/** Lists what the steps of a run, or one of them, have written, and shows the file that is chosen. */
export async function openArtifacts(
  documents: RemoteDocuments,
  session: Session,
  executionArn: string,
  only?: string,
): Promise<void> {
  const steps = (await listSteps(session, executionArn)).filter(
    ({ StepName }) => only === undefined || StepName === only,
  );
  const items = [];
  for (const step of steps) {
    const job = await jobOf(session, step);
    for (const { label, uri } of job ? artifactsOf(job) : []) {
      items.push({ label: `${step.StepName ?? ''} · ${label || lastPart(uri)}`, detail: uri });
    }
  }
  if (items.length === 0) throw new UserError(`${only ?? 'The run'} has not written a file.`);
  const picked =
    items.length === 1
      ? items[0]
      : await window.showQuickPick(items, { title: 'Artifacts', placeHolder: 'What is to be opened' });
  if (picked) await openObject(documents, session, picked.detail);
}

/** Shows a file as what it is. @param path where it lies, with its name at the end */
async function showFile(
  documents: RemoteDocuments,
  path: string,
  bytes: Uint8Array,
  next?: UserError['next'],
): Promise<void> {
  const name = lastPart(path);
  const format = formatOf(name);
  if (format === 'image') return documents.open(path, bytes);
  if (format === 'parquet') {
    const { parquetText } = await import('../artifacts/parquet.bundle');
    const table = await parquetText(bytes).catch((error: unknown) => {
      throw new UserError(`${name} cannot be read as Parquet: ${messageOf(error)}`, next, { cause: error });
    });
    const part = table.shown < table.rows ? ` (first ${table.shown} of ${count(table.rows, 'row')})` : '';
    return documents.show(`${path}${part}.csv`, table.text);
  }
  if (format !== 'text' || isBinary(bytes)) throw new UserError(`${name} cannot be shown.`, next);
  await documents.show(path, Buffer.from(bytes).toString('utf8'));
}

/** Lists what is in an archive; what is chosen is shown, or saved where it cannot be. */
async function openArchive(
  documents: RemoteDocuments,
  s3Uri: string,
  bytes: Uint8Array,
  next: UserError['next'],
): Promise<void> {
  const name = lastPart(s3Uri);
  const read = (wanted?: string) =>
    readArchive(name, bytes, wanted).catch((error: unknown) => {
      throw new UserError(`${name} cannot be read: ${messageOf(error)}`, next, { cause: error });
    });
  const { entries } = await read();
  if (entries.length === 0) throw new UserError(`${name} is empty.`);
  const picked = await window.showQuickPick(
    entries.map((entry) => ({
      label: entry.name,
      description: `${formatBytes(entry.size)}${isShown(entry.name) ? '' : ' · to be saved'}`,
    })),
    { title: name, placeHolder: `${count(entries.length, 'file')}; choose one to open` },
  );
  if (!picked) return;
  const { content } = await read(picked.label);
  if (!content) return;
  if (isShown(picked.label) && content.length <= largest && !isUnreadable(picked.label, content)) {
    return showFile(documents, `s3/${s3Uri.slice('s3://'.length)}/${picked.label}`, content);
  }
  await saveBytes(lastPart(picked.label), content);
}

function isShown(name: string): boolean {
  return ['text', 'image', 'parquet'].includes(formatOf(name));
}

function isUnreadable(name: string, content: Uint8Array): boolean {
  return formatOf(name) === 'text' && isBinary(content);
}

async function saveBytes(name: string, content: Uint8Array): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: `Save ${name}`,
    ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  await writeFile(target.fsPath, content);
  const reveal = 'Reveal';
  if ((await window.showInformationMessage(`${name} was saved in ${target.fsPath}.`, reveal)) === reveal) {
    await commands.executeCommand('revealFileInOS', target);
  }
}

/** Shows the whole log of a step. */
export async function openStepLog(
  documents: RemoteDocuments,
  session: Session,
  executionArn: string,
  step: string,
): Promise<void> {
  const listed = (await listSteps(session, executionArn)).find(({ StepName }) => StepName === step);
  const job = listed ? await jobOf(session, listed) : undefined;
  if (!job) throw new UserError(`${step} has not started a job, so it has no log.`);
  const place = logPlaceOf(job);
  if (!place) throw new UserError(`Where ${step} logs is not known here. Open its job in the console.`);
  const { events } = await readLog(session, place);
  await documents.show(`logs/${job.name}.log`, events.map(({ message = '' }) => message).join('\n'));
}

function download({ connection }: Session, uri: string): NonNullable<UserError['next']> {
  const target = { connection: connection.id, executionArn: '', uri };
  return { title: 'Download…', command: 'mlopsFlow.downloadArtifact', arguments: [target] };
}

async function pick(
  documents: RemoteDocuments,
  session: Session,
  s3Uri: string,
  objects: readonly { key: string; size: number }[],
): Promise<void> {
  const { bucket } = splitS3Uri(s3Uri);
  const picked = await window.showQuickPick(
    objects.map(({ key, size }) => ({
      label: lastPart(key),
      description: formatBytes(size),
      detail: key,
    })),
    { title: s3Uri, placeHolder: 'A file to open' },
  );
  if (picked) await openObject(documents, session, `s3://${bucket}/${picked.detail}`);
}

/** What lies under an `s3://` URI: the object itself, or those below it. */
export function listObjects(session: Session, s3Uri: string): Promise<{ key: string; size: number }[]> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(s3Uri);
  return session.call(`list ${s3Uri}`, async () => {
    const objects = await collect(
      sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key }),
      (page) => page.Contents,
      mostListed,
    );
    return objects.map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }));
  });
}
