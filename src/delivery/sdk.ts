/** How this room reaches CodePipeline and CodeBuild: their part of the SDK is loaded with the first call. */
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { Session } from '../aws';
import type * as DeliverySdk from '../aws/delivery-sdk.bundle';

/** What a call is made with. */
interface Tools<Client> {
  sdk: typeof DeliverySdk;
  client: Client;
}

const load = () => import('../aws/delivery-sdk.bundle');

/** Runs `work` with a client of CodePipeline; `doing` ends «Could not …». `change` is for what changes something. */
export async function codepipeline<T>(
  session: Session,
  kind: 'call' | 'change',
  doing: string,
  work: (tools: Tools<CodePipelineClient>) => Promise<T>,
): Promise<T> {
  const sdk = await load();
  const client = session.client('codepipeline', (configuration) => new sdk.CodePipelineClient(configuration));
  return session[kind](doing, () => work({ sdk, client }));
}

/** As `codepipeline`, for CodeBuild. */
export async function codebuild<T>(
  session: Session,
  kind: 'call' | 'change',
  doing: string,
  work: (tools: Tools<CodeBuildClient>) => Promise<T>,
): Promise<T> {
  const sdk = await load();
  const client = session.client('codebuild', (configuration) => new sdk.CodeBuildClient(configuration));
  return session[kind](doing, () => work({ sdk, client }));
}
