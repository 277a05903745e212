import {
  CodeBuildClient,
  BatchGetBuildsCommand,
  CreateProjectCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import type { Build, CreateProjectInput, StartBuildInput } from '@aws-sdk/client-codebuild';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { type Bed, bucket, eventually, role } from './support';

/** Drives CodeBuild of a bed. */
export class BuildBed {
  readonly client: CodeBuildClient;
  private count = 0;

  constructor(private readonly bed: Bed) {
    const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
    this.client = new CodeBuildClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
  }

  /** Puts files into S3 as a zip archive. @returns the location of a source */
  async source(files: Record<string, string>): Promise<string> {
    const key = `source-${++this.count}.zip`;
    const Body = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
    await this.bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    return `${bucket}/${key}`;
  }

  /** Makes a project of files, whose `buildspec.yml` is the buildspec unless it is among them. @returns its name */
  async project(
    buildspec: string,
    files: Record<string, string> = {},
    more: Partial<CreateProjectInput> = {},
  ): Promise<string> {
    const name = more.name ?? `project-${++this.count}`;
    await this.client.send(
      new CreateProjectCommand({
        name,
        source: { type: 'S3', location: await this.source({ 'buildspec.yml': buildspec, ...files }) },
        artifacts: { type: 'NO_ARTIFACTS' },
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'aws/codebuild/standard:7.0',
          computeType: 'BUILD_GENERAL1_SMALL',
        },
        serviceRole: role,
        ...more,
      }),
    );
    return name;
  }

  async start(projectName: string, more: Partial<StartBuildInput> = {}): Promise<string> {
    const { build } = await this.client.send(new StartBuildCommand({ projectName, ...more }));
    return build?.id ?? '';
  }

  async get(id: string): Promise<Build> {
    const { builds = [] } = await this.client.send(new BatchGetBuildsCommand({ ids: [id] }));
    const [build] = builds;
    if (!build) throw new Error(`There is no build ${id}.`);
    return build;
  }

  async end(id: string): Promise<Build> {
    return eventually(async () => {
      const build = await this.get(id);
      return build.buildComplete === true && build;
    });
  }

  /** Runs a buildspec to its end. */
  async run(
    buildspec: string,
    files: Record<string, string> = {},
    more: Partial<CreateProjectInput> = {},
    start: Partial<StartBuildInput> = {},
  ): Promise<{ build: Build; log: string[]; phases: Record<string, string> }> {
    const build = await this.end(await this.start(await this.project(buildspec, files, more), start));
    return { build, log: await this.log(build), phases: phasesOf(build) };
  }

  async log({ logs }: Build): Promise<string[]> {
    const { events = [] } = await this.bed.clients.logs.send(
      new GetLogEventsCommand({
        logGroupName: logs?.groupName ?? '',
        logStreamName: logs?.streamName ?? '',
        startFromHead: true,
      }),
    );
    return events.map(({ message = '' }) => message);
  }

  /** The files of an object that is a zip archive. */
  async unzipped(key: string, from = bucket): Promise<Record<string, string>> {
    const { Body } = await this.bed.clients.s3.send(new GetObjectCommand({ Bucket: from, Key: key }));
    const entries = unzipSync(await (Body?.transformToByteArray() ?? new Uint8Array()));
    return Object.fromEntries(Object.entries(entries).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
  }

  async keys(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.bed.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map(({ Key = '' }) => Key);
  }
}

export function phasesOf({ phases = [] }: Build): Record<string, string> {
  return Object.fromEntries(phases.map(({ phaseType = '', phaseStatus = '' }) => [phaseType, phaseStatus]));
}

/** What commands have printed: the log without the lines of the service. */
export function printed(log: readonly string[]): string[] {
  return log.filter((line) => !/^\[(Container|Local)\]/.test(line));
}
