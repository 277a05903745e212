import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocal } from '../../../src/aws/open';
import type { OpenSession } from '../../../src/aws/session';
import { readPictures } from '../../../src/pipelines/pictures';
import { Bed, bucket, output, shellStep } from '../local/support';

let bed: Bed;
let session: OpenSession;
beforeAll(async () => {
  bed = await Bed.start();
  const server = { ...bed.plane.ready, exited: new Promise<never>(() => undefined), stop: () => Promise.resolve() };
  session = await openLocal(server, { connect: 5000, request: 5000 }, {});
});
afterAll(async () => {
  await session.close();
  await bed.stop();
});

it('finds the pictures below the outputs of processing jobs, and says which are too large', async () => {
  const script = [
    'out=/opt/ml/processing/plots',
    'mkdir -p $out/deep',
    'printf picture > $out/a.png',
    'printf photo > $out/deep/b.JPG',
    'printf text > $out/notes.txt',
    'head -c 3000000 /dev/zero > $out/large.png',
  ].join('; ');
  const outputs = { Outputs: [output('plots', `s3://${bucket}/pictures/plots`)] };
  const arn = await bed.run([
    shellStep('Draw', script, { ProcessingOutputConfig: outputs }),
    // Lies beside the other, under a name that begins as it does.
    shellStep('Other', 'mkdir -p /opt/ml/processing/plots-old; printf old > /opt/ml/processing/plots-old/c.png', {
      ProcessingOutputConfig: { Outputs: [output('plots-old', `s3://${bucket}/pictures/plots-old`)] },
    }),
  ]);
  expect(await bed.end(arn)).toMatchObject({ status: 'Succeeded' });
  const { pictures, note } = await readPictures(session, arn);
  expect(pictures.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'Draw/plots/a.png', type: 'image/png', data: btoa('picture') },
    { name: 'Draw/plots/deep/b.JPG', type: 'image/jpeg', data: btoa('photo') },
    { name: 'Other/plots-old/c.png', type: 'image/png', data: btoa('old') },
  ]);
  expect(note).toBe('Not shown: 1 picture more, or larger than 2 MB.');
});

it('says of a run without pictures that there are none, and of one that is gone why', async () => {
  const arn = await bed.run([shellStep('Quiet', 'true')]);
  await bed.end(arn);
  expect(await readPictures(session, arn)).toEqual({ pictures: [] });
  await expect(readPictures(session, `${arn.slice(0, -1)}_`)).rejects.toThrow(/^Could not list the steps of the run/);
});
