import { window } from 'vscode';
import { collect, type Session } from '../../aws';
import { UserError } from '../../workbench';
import type { RemoteDocuments } from '../documents';
import { readLog } from '../../aws/logs';
import { jobOf, listSteps, logPlaceOf, readObject } from '../service';
import { formatBytes, lastPart } from '../../shared/format';
import { splitS3Uri } from '../../shared/s3-uri';

/** Bigger objects are for other tools. */
const largest = 8 * 1024 * 1024;
const mostListed = 500;

/** Shows the object under an `s3://` URI, or what lies below it where it is a folder. */
export async function openObject(documents: RemoteDocuments, session: Session, s3Uri: string): Promise<void> {
  const objects = await listObjects(session, s3Uri);
  const { key } = splitS3Uri(s3Uri);
  const exact = objects.find((object) => object.key === key);
  if (!exact && objects.length === 0) throw new UserError(`There is nothing under ${s3Uri}.`);
  if (!exact) return pick(documents, session, s3Uri, objects);
  if (exact.size > largest) {
    throw new UserError(`${s3Uri} has ${formatBytes(exact.size)}, too much for an editor.`, download(session, s3Uri));
  }
  const name = lastPart(key);
  if (/\.(gz|tgz|zip|tar|pkl|joblib|parquet|bin)$/.test(name)) {
    throw new UserError(`${name} is not text.`, download(session, s3Uri));
  }
  await documents.show(`s3/${s3Uri.slice('s3://'.length)}`, await readObject(session, s3Uri));
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
      description: `${size} bytes`,
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
