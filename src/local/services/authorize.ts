/** Who may do what by a policy in a file, which is read again when it has changed. */
import { readFileSync, statSync } from 'node:fs';
import { isRecord, isString } from '../../shared/guards';
import { iamAction } from '../../shared/iam';
import { account, executionRole, region, sagemakerArn } from '../domain/arns';
import { decide, parsePolicy, type Policy } from '../domain/policy';
import { trailUser } from '../domain/trail';

/** What IAM calls services that sign with another name. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** The members that name what a call of SageMaker is about, and the type of the ARN. */
const ofSageMaker: readonly (readonly [member: string, type: string])[] = [
  ['PipelineExecutionArn', 'pipeline'],
  ['PipelineName', 'pipeline'],
  ['ModelPackageArn', 'model-package'],
  ['ModelPackageName', 'model-package'],
  ['ModelPackageGroupName', 'model-package-group'],
  ['EndpointName', 'endpoint'],
  ['EndpointConfigName', 'endpoint-config'],
  ['ModelName', 'model'],
  ['TrainingJobName', 'training-job'],
  ['ProcessingJobName', 'processing-job'],
  ['TransformJobName', 'transform-job'],
  ['HyperParameterTuningJobName', 'hyper-parameter-tuning-job'],
  ['AutoMLJobName', 'automl-job'],
  ['ResourceArn', ''],
];

/** A policy in a file. */
export class PolicyFile {
  private read: { version: string; policy: Policy } | undefined;

  /** @throws with a sentence where it cannot be read */
  constructor(private readonly path: string) {
    this.policy();
  }

  /** Why a call is denied, in the words of AWS; undefined where it is allowed. */
  refusal(signingName: string, operation: string, input: unknown): string | undefined {
    const action = iamAction(prefixes[signingName] ?? signingName, operation);
    if (action === undefined) return undefined;
    let policy: Policy;
    try {
      policy = this.policy();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const asked: [action: string, resource: string][] = [[action, resourceOf(signingName, input)]];
    const role = signingName === 'sts' ? undefined : roleIn(input);
    // Whoever hands a role to a service needs the permission to.
    if (role !== undefined) asked.push(['iam:PassRole', role]);
    for (const [needed, resource] of asked) {
      const decision = decide(policy, needed, resource);
      if (decision === 'allowed') continue;
      const why =
        decision === 'not allowed'
          ? `because no identity-based policy allows the ${needed} action`
          : 'with an explicit deny in an identity-based policy';
      const who = `arn:aws:sts::${account}:assumed-role/${executionRole}/${trailUser}`;
      return `User: ${who} is not authorized to perform: ${needed} on resource: ${resource} ${why}`;
    }
    return undefined;
  }

  private policy(): Policy {
    try {
      const { mtimeMs, size, ino } = statSync(this.path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (this.read?.version !== version) {
        this.read = { version, policy: parsePolicy(readFileSync(this.path, 'utf8')) };
      }
      return this.read.policy;
    } catch (error) {
      throw new Error(`The policy ${this.path} cannot be read: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  }
}

/** The ARN of what a call is about; `*` where it names nothing. */
function resourceOf(signingName: string, input: unknown): string {
  const named = (...members: string[]): string | undefined =>
    members.map((name) => textIn(input, name)).find((value) => value !== undefined);
  const own = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
  switch (signingName) {
    case 'sagemaker': {
      for (const [member, type] of ofSageMaker) {
        const value = named(member);
        if (value !== undefined) return value.startsWith('arn:') ? value : sagemakerArn(type, value);
      }
      return '*';
    }
    case 's3': {
      const [bucket, key] = [named('Bucket'), named('Key')];
      return bucket === undefined ? '*' : `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
    }
    case 'logs': {
      const group = named('logGroupName');
      return group === undefined ? '*' : own('logs', `log-group:${group}:*`);
    }
    case 'codepipeline': {
      const name = named('pipelineName', 'name') ?? textIn(isRecord(input) ? input['pipeline'] : undefined, 'name');
      return name === undefined ? '*' : own('codepipeline', name);
    }
    case 'codebuild': {
      const name = named('projectName');
      return name === undefined ? '*' : own('codebuild', `project/${name}`);
    }
    case 'lambda': {
      const name = named('FunctionName');
      return name === undefined ? '*' : name.startsWith('arn:') ? name : own('lambda', `function:${name}`);
    }
    case 'iam': {
      const name = named('RoleName');
      return name === undefined ? '*' : `arn:aws:iam::${account}:role/${name}`;
    }
    default:
      return '*';
  }
}

/** The role that a call hands over. */
function roleIn(input: unknown): string | undefined {
  return (
    textIn(input, 'RoleArn') ??
    textIn(input, 'ExecutionRoleArn') ??
    textIn(isRecord(input) ? input['pipeline'] : undefined, 'roleArn') ??
    textIn(input, 'serviceRole')
  );
}

function textIn(value: unknown, name: string): string | undefined {
  const found = isRecord(value) ? value[name] : undefined;
  return isString(found) && found !== '' ? found : undefined;
}
