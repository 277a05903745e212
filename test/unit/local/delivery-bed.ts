import {
  type ActionDeclaration,
  type ActionExecutionDetail,
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineDeclaration,
  PutApprovalResultCommand,
  type StageDeclaration,
  type StageState,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import { type Bed, bucket, eventually, role } from './support';

/** Drives CodePipeline of a bed. */
export class DeliveryBed {
  readonly client: CodePipelineClient;

  constructor(private readonly bed: Bed) {
    const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
    this.client = new CodePipelineClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
  }

  async put(key: string, files: Record<string, string>): Promise<void> {
    const Body = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
    await this.bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  }

  /** Makes a pipeline whose source is an archive in S3. @returns the execution that it begins with */
  async create(name: string, stages: StageDeclaration[], more: Partial<PipelineDeclaration> = {}): Promise<string> {
    await this.put(`${name}.zip`, { 'hello.txt': 'hello\n' });
    await this.client.send(new CreatePipelineCommand({ pipeline: declaration(name, stages, more) }));
    return this.latest(name);
  }

  async latest(pipelineName: string): Promise<string> {
    const { pipelineExecutionSummaries: [first] = [] } = await this.client.send(
      new ListPipelineExecutionsCommand({ pipelineName, maxResults: 1 }),
    );
    return first?.pipelineExecutionId ?? '';
  }

  async start(name: string, more: Partial<StartPipelineExecutionInput> = {}): Promise<string> {
    const { pipelineExecutionId = '' } = await this.client.send(new StartPipelineExecutionCommand({ name, ...more }));
    return pipelineExecutionId;
  }

  async status(pipelineName: string, pipelineExecutionId: string): Promise<string> {
    const { pipelineExecution } = await this.client.send(
      new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
    );
    return pipelineExecution?.status ?? '';
  }

  async end(pipelineName: string, id: string): Promise<string> {
    return eventually(async () => {
      const status = await this.status(pipelineName, id);
      return !['InProgress', 'Stopping'].includes(status) && status;
    });
  }

  async stage(name: string, stageName: string): Promise<StageState> {
    const { stageStates = [] } = await this.client.send(new GetPipelineStateCommand({ name }));
    return stageStates.find((stage) => stage.stageName === stageName) ?? {};
  }

  /** The token of an approval, once one waits; of this execution where it is given. */
  async token(name: string, stageName: string, execution?: string): Promise<string> {
    return eventually(async () => {
      const { actionStates = [], latestExecution } = await this.stage(name, stageName);
      if (execution !== undefined && latestExecution?.pipelineExecutionId !== execution) return undefined;
      return actionStates.find(({ latestExecution: run }) => run?.token !== undefined)?.latestExecution?.token;
    });
  }

  async approve(
    pipelineName: string,
    stageName: string,
    token: string,
    status: 'Approved' | 'Rejected' = 'Approved',
  ): Promise<void> {
    await this.client.send(
      new PutApprovalResultCommand({
        pipelineName,
        stageName,
        actionName: 'Ask',
        token,
        result: { summary: 'looked at', status },
      }),
    );
  }

  /** The runs of an execution's actions, oldest first. */
  async actions(pipelineName: string, pipelineExecutionId: string): Promise<ActionExecutionDetail[]> {
    const { actionExecutionDetails = [] } = await this.client.send(
      new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } }),
    );
    return actionExecutionDetails.toReversed();
  }
}

/** A declaration with a source stage before the given ones. */
export function declaration(
  name: string,
  stages: StageDeclaration[],
  more: Partial<PipelineDeclaration> = {},
): PipelineDeclaration {
  return {
    name,
    roleArn: role,
    artifactStore: { type: 'S3', location: bucket },
    pipelineType: 'V2',
    stages: [
      {
        name: 'Source',
        actions: [
          {
            name: 'Get',
            actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
            configuration: { S3Bucket: bucket, S3ObjectKey: `${name}.zip` },
            outputArtifacts: [{ name: 'Code' }],
            namespace: 'src',
          },
        ],
      },
      ...stages,
    ],
    ...more,
  };
}

export function commands(name: string, list: string[], more: Partial<ActionDeclaration> = {}): ActionDeclaration {
  return {
    name,
    actionTypeId: { category: 'Compute', owner: 'AWS', provider: 'Commands', version: '1' },
    commands: list,
    inputArtifacts: [{ name: 'Code' }],
    ...more,
  };
}

export function approval(more: Partial<ActionDeclaration> = {}): ActionDeclaration {
  return {
    name: 'Ask',
    actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
    ...more,
  };
}
