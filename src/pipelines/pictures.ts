/** Pictures that the steps of a run wrote to S3: what a training or an evaluation has drawn. */
import { abreast, outcomeOf, type Session } from '../aws';
import { count } from '../shared/format';
import { splitS3Uri } from '../shared/s3-uri';
import { reasonOf } from '../workbench/errors';
import type { Picture } from './panels/metrics/contract';
import { jobOf, listSteps } from './service';

/** The kinds of pictures that pages show, by the endings of files. */
const types: Readonly<Record<string, Picture['type']>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** So many of a run are shown, and none that is larger; in bytes. */
const mostPictures = 16;
const largest = 2 * 1024 * 1024;
/** Objects below an output that are looked through. */
const mostObjects = 1000;
/** Requests at a time. */
const most = 4;

interface Found {
  name: string;
  type: Picture['type'];
  bucket: string;
  key: string;
}

/**
 * Reads the pictures below the outputs of a run's processing jobs.
 *
 * @returns them by step, output and path, and what is missing, in words
 */
export async function readPictures(session: Session, arn: string): Promise<{ pictures: Picture[]; note?: string }> {
  const steps = await listSteps(session, arn);
  const notes: string[] = [];
  let leftOut = 0;
  const found = await abreast(steps, most, async (step) => {
    const { value: job, problem } = await outcomeOf(jobOf(session, step));
    if (problem) notes.push(reasonOf(problem));
    if (job?.kind !== 'Processing') return [];
    const outputs = job.job.ProcessingOutputConfig?.Outputs ?? [];
    const parts = await abreast(outputs, most, async ({ OutputName: output = '', S3Output }) => {
      const uri = S3Output?.S3Uri;
      if (uri === undefined) return [];
      const listed = await outcomeOf(picturesBelow(session, uri, `${step.StepName}/${output}`));
      if (listed.problem) notes.push(reasonOf(listed.problem));
      leftOut += listed.value?.tooLarge ?? 0;
      return listed.value?.pictures ?? [];
    });
    return parts.flat();
  });
  const all = found.flat();
  leftOut += Math.max(0, all.length - mostPictures);
  const pictures = await abreast(all.slice(0, mostPictures), most, async ({ name, type, bucket, key }) => {
    const { value, problem } = await outcomeOf(readBytes(session, bucket, key));
    if (problem) notes.push(reasonOf(problem));
    return value === undefined ? [] : [{ name, type, data: value }];
  });
  if (leftOut > 0) notes.push(`Not shown: ${count(leftOut, 'picture')} more, or larger than 2 MB.`);
  const [note] = notes;
  return { pictures: pictures.flat(), ...(note === undefined ? {} : { note }) };
}

async function picturesBelow(
  session: Session,
  uri: string,
  name: string,
): Promise<{ pictures: Found[]; tooLarge: number }> {
  const { sdk, s3 } = session;
  const { bucket, key: prefix } = splitS3Uri(uri);
  const { Contents = [] } = await session.call(`list ${uri}`, () =>
    s3.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: mostObjects })),
  );
  const pictures: Found[] = [];
  let tooLarge = 0;
  for (const { Key: key = '', Size = 0 } of Contents) {
    const type = types[key.slice(key.lastIndexOf('.') + 1).toLowerCase()];
    const below = key.slice(prefix.length).replace(/^\//, '');
    // `plots-old/a.png` does not lie below `plots`.
    const isBelow = prefix === '' || prefix.endsWith('/') || key === prefix || key.startsWith(`${prefix}/`);
    if (type === undefined || !isBelow) continue;
    if (Size > largest) tooLarge += 1;
    else pictures.push({ name: `${name}/${below}`, type, bucket, key });
  }
  return { pictures, tooLarge };
}

/** The bytes of an object, in base64. */
async function readBytes(session: Session, bucket: string, key: string): Promise<string> {
  const { sdk, s3 } = session;
  return session.call(`read s3://${bucket}/${key}`, async () => {
    const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString('base64')) ?? '';
  });
}
