/** What a deployment is planned from: the version, and the endpoint as it is. */
import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { outcomeOf, type Session } from '../aws';
import { UserError } from '../workbench/errors';
import { alarmName, alarmMetrics } from './model/alarms';
import type { ModelChoice, Standing } from './model/plan';
import { describeAlarms, describeEndpoint, describeVersion, readScaling } from './service';
import { readWhole, type Served } from './reading';

/** A version of a registered model, as far as a deployment asks. */
export interface Version extends ModelChoice {
  approval: string;
  image: string;
  /** The S3 URI of the archive. */
  data?: string;
  environment: Record<string, string>;
  contentTypes: string[];
  instanceTypes: string[];
}

/** Reads a version. */
export async function readVersion(session: Session, arn: string): Promise<Version> {
  const described = await describeVersion(session, arn);
  const specification = described.InferenceSpecification;
  const container = specification?.Containers?.[0];
  const data = container?.ModelDataUrl ?? container?.ModelDataSource?.S3DataSource?.S3Uri;
  const commit = described.MetadataProperties?.CommitId;
  return {
    arn: described.ModelPackageArn ?? arn,
    group: groupOf(described),
    version: described.ModelPackageVersion ?? 0,
    ...(commit ? { commit } : {}),
    approval: described.ModelApprovalStatus ?? 'PendingManualApproval',
    image: container?.Image ?? '',
    ...(data ? { data } : {}),
    environment: container?.Environment ?? {},
    contentTypes: specification?.SupportedContentTypes ?? [],
    instanceTypes: specification?.SupportedRealtimeInferenceInstanceTypes ?? [],
  };
}

function groupOf({ ModelPackageGroupName, ModelPackageName }: DescribeModelPackageOutput): string {
  return ModelPackageGroupName ?? ModelPackageName ?? 'model';
}

/** An endpoint that a plan can update. */
export interface Existing {
  standing: Standing;
  /** What could not be read of it, in sentences; a deployment leaves it as it is. */
  unknown: string[];
  status: string;
  served: Served;
}

/**
 * The endpoint of this name as it is now; undefined where there is none.
 *
 * @throws UserError where its config or model is gone, since an update has to repeat what they say
 */
export async function readStanding(session: Session, endpoint: string): Promise<Existing | undefined> {
  const state = await describeEndpoint(session, endpoint);
  if (!state) return undefined;
  const served = await readWhole(session, state.config);
  const { doc } = served;
  if (!doc) {
    throw new UserError(
      `The config ${state.config} of the endpoint ${endpoint} was deleted, so it is not known what an update has to keep. Delete the endpoint, or deploy under another name.`,
    );
  }
  const variants = state.fleets.map(({ variant }) => variant);
  const names = [...alarmMetrics, 'abort' as const].map((metric) => alarmName(endpoint, metric));
  const [scaling, alarms] = await Promise.all([
    outcomeOf(readScaling(session, endpoint, variants)),
    outcomeOf(describeAlarms(session, names)),
  ]);
  const { EndpointConfigName: _, EndpointConfigArn: __, CreationTime: ___, ...base } = doc;
  const model = served.models[0]?.doc;
  const surroundings = {
    ...(model?.VpcConfig ? { VpcConfig: model.VpcConfig } : {}),
    ...(model?.EnableNetworkIsolation ? { EnableNetworkIsolation: true } : {}),
  };
  return {
    status: state.status,
    served,
    unknown: [scaling, alarms].flatMap(({ problem }) => problem?.message ?? []),
    standing: {
      arn: state.arn,
      config: state.config,
      label: served.label,
      ...(served.models[0]?.version === undefined ? {} : { model: served.models[0].version }),
      base: JSON.parse(JSON.stringify({ ...base, $metadata: undefined })) as Standing['base'],
      surroundings,
      instances: state.fleets[0]?.desired ?? state.fleets[0]?.current ?? 0,
      ...(state.changed === undefined ? {} : { changed: state.changed }),
      hasComponents: (doc.ProductionVariants ?? []).some(({ ModelName }) => ModelName === undefined),
      scaling: scaling.value ?? [],
      tripped: (alarms.value ?? []).flatMap(({ AlarmName, StateValue }) =>
        StateValue === 'ALARM' && AlarmName ? [AlarmName] : [],
      ),
    },
  };
}
