import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Container } from '../../../src/local/jobs/run/container';
import { JobFolders } from '../../../src/local/jobs/run/folders';
import { Bed, makeTemp } from './support';

const skeleton = { folders: ['config', 'output'], files: [join('config', 'a.json'), join('config', 'b.json')] };

let parent: string;
let folders: JobFolders;
beforeEach(() => {
  parent = makeTemp();
  folders = new JobFolders();
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** The folder of a job that writes its files, up to where its process begins. */
function begin(name: string, value: unknown = name): { container: Container; look: string | undefined } {
  const container = new Container(join(parent, name));
  folders.open(container.folder, skeleton);
  for (const file of skeleton.files) container.writeJson(container.path(file), value);
  return { container, look: folders.look(container.folder, skeleton) };
}

/** A job from its beginning to its end. @returns what it knew its output folder by */
async function job(name: string, work: (container: Container) => void = () => undefined): Promise<number> {
  const { container, look } = begin(name);
  const { ino } = statSync(container.path('output'));
  work(container);
  await folders.close(container.folder, skeleton, look);
  return ino;
}

// Windows holds the folders that somebody works in.
describe.skipIf(process.platform === 'win32')('the folder of a job', () => {
  test('is given to the next, and the one after it, where all was left as it was', async () => {
    const first = await job('first');
    expect(await job('second')).toBe(first);
    expect(await job('third')).toBe(first);
    expect(readdirSync(parent)).toEqual(['third']);
  });

  test('is of one job at a time', async () => {
    const [one, other] = [begin('one'), begin('other')];
    expect([one, other].map(({ container }) => existsSync(container.path('output')))).toEqual([true, true]);
    await folders.close(one.container.folder, skeleton, one.look);
    await folders.close(other.container.folder, skeleton, other.look);
    const [third, fourth] = [begin('third'), begin('fourth')];
    expect(readdirSync(parent).toSorted()).toEqual(['fourth', 'third']);
    expect(third.look).not.toBe(fourth.look);
  });

  test('has the words of its own job, also where those before were longer', () => {
    const { container, look } = begin('long', 'x'.repeat(5000));
    void folders.close(container.folder, skeleton, look);
    const next = begin('short', 'y');
    expect(statSync(next.container.path('config', 'a.json')).size).toBe('"y"'.length);
    expect(existsSync(container.folder)).toBe(false);
  });

  test.each<[string, (container: Container) => void]>([
    ['left a file', (container) => writeFileSync(container.path('left'), '')],
    ['left a file in a folder of the contract', (container) => writeFileSync(container.path('output', 'failure'), '')],
    ['left a file beside', (container) => writeFileSync(join(container.folder, 'left'), '')],
    ['removed a folder', (container) => rmSync(container.path('output'), { recursive: true })],
    ['removed a file', (container) => unlinkSync(container.path('config', 'b.json'))],
    ['wrote into a file', (container) => writeFileSync(container.path('config', 'b.json'), '"z"')],
    ['took a right away', (container) => chmodSync(container.path('output'), 0o500)],
    [
      'put a link in the place of a folder',
      (container) => {
        mkdirSync(join(parent, 'elsewhere'));
        rmSync(container.path('output'), { recursive: true });
        symlinkSync(join(parent, 'elsewhere'), container.path('output'));
      },
    ],
    [
      'put another file in the place of one',
      (container) => {
        writeFileSync(join(parent, 'other'), '"name"');
        renameSync(join(parent, 'other'), container.path('config', 'a.json'));
      },
    ],
  ])('is removed where the job %s', async (_, work) => {
    await job('first', work);
    expect(existsSync(join(parent, 'first'))).toBe(false);
    const { container, look } = begin('second');
    expect(look).toBeDefined();
    expect(readdirSync(container.root, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
      'config',
      join('config', 'a.json'),
      join('config', 'b.json'),
      'output',
    ]);
    expect(statSync(container.path('output')).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  test('is removed where the job had more than the skeleton', async () => {
    const container = new Container(join(parent, 'inputs'));
    folders.open(container.folder, skeleton);
    for (const file of skeleton.files) container.writeJson(container.path(file), {});
    container.makeFolders(container.path('processing', 'input'));
    await folders.close(container.folder, skeleton, folders.look(container.folder, skeleton));
    expect(readdirSync(parent)).toEqual([]);
  });

  test('is made anew where the one that was kept has gone', async () => {
    await job('first');
    rmSync(join(parent, 'first'), { recursive: true });
    await job('second');
    expect(readdirSync(parent)).toEqual(['second']);
  });
});

test.skipIf(process.platform === 'win32')('steps see nothing of those before them', async () => {
  const bed = await Bed.start();
  try {
    // No word names a path: such steps need no mount.
    const step = (Name: string, script: string, Environment: object, ...DependsOn: string[]): object => ({
      Name,
      Type: 'Processing',
      DependsOn,
      Arguments: {
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
        AppSpecification: { ImageUri: 'none', ContainerEntrypoint: ['sh', '-c', script] },
        Environment,
      },
    });
    const look = 'find . | sort; cd config && cat processingjobconfig.json';
    const arn = await bed.run([
      step('Bare', 'true', { LONG: 'x'.repeat(200) }),
      step('Looks', look, { STEP: 'Looks' }, 'Bare'),
      step('Leaves', 'touch left; cd output; touch message', { STEP: 'Leaves' }, 'Looks'),
      step('Again', look, { STEP: 'Again' }, 'Leaves'),
    ]);
    expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
    const { events = [] } = await bed.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/ProcessingJobs' }),
    );
    const told = events.map(({ message = '' }) =>
      message.startsWith('{') ? (JSON.parse(message) as object) : message,
    );
    const tree = ['.', './config', './config/processingjobconfig.json', './config/resourceconfig.json', './output'];
    const own = (name: string): object => expect.objectContaining({ Environment: { STEP: name } }) as object;
    expect(told).toEqual([...tree, own('Looks'), ...tree, own('Again')]);
  } finally {
    await bed.stop();
  }
});
