/** What the role of a deployment must be allowed: to read the archive, and to pull the image. Pure. */
import { splitS3Uri } from '../../shared/s3-uri';

/** Actions on one resource. */
export interface Access {
  actions: readonly string[];
  /** Its ARN, or `*`. */
  resource: string;
}

/** How the simulator of IAM decided about one action. */
export interface Decision {
  action: string;
  resource: string;
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
}

/** The parts of the address of an image in Amazon ECR; undefined for any other. */
export function ecrImage(image: string): { account: string; region: string; repository: string } | undefined {
  const [, account, region, repository = ''] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:(?:\.cn)?\/([^:@]+))?/.exec(image) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region, repository };
}

/**
 * What a model of this archive and image asks of its role.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
 */
export function accessOf({ data, image }: { data?: string; image: string }, roleArn: string): Access[] {
  const [, partition = 'aws'] = /^arn:([\w-]+):/.exec(roleArn) ?? [];
  const { bucket, key } = splitS3Uri(data ?? '');
  const { account, region, repository } = ecrImage(image) ?? {};
  return [
    // An archive that is a folder is read object by object.
    ...(bucket
      ? [{ actions: ['s3:GetObject'], resource: `arn:${partition}:s3:::${bucket}/${key.replace(/\/$/, '/*')}` }]
      : []),
    ...(repository
      ? [
          {
            actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            resource: `arn:${partition}:ecr:${region}:${account}:repository/${repository}`,
          },
          { actions: ['ecr:GetAuthorizationToken'], resource: '*' },
        ]
      : []),
  ];
}

/**
 * What the decisions come to, in a sentence. A policy of the bucket or the repository may allow what no policy of the
 * role does, which the simulator does not see: that is a warning. What is denied outright stays denied.
 */
export function judgeAccess(
  role: string,
  decisions: readonly Decision[],
): { state: 'passed' | 'warning' | 'failed'; text: string } {
  const named = (found: readonly Decision[]): string =>
    found.map(({ action, resource }) => (resource === '*' ? action : `${action} on ${resource}`)).join(', ');
  const denied = decisions.filter(({ decision }) => decision === 'explicitDeny');
  if (denied.length > 0) {
    return { state: 'failed', text: `${role} is denied ${named(denied)}. Take it out of the policy that denies it.` };
  }
  const missing = decisions.filter(({ decision }) => decision === 'implicitDeny');
  return missing.length > 0
    ? {
        state: 'warning',
        text: `No policy of ${role} allows ${named(missing)}. Add it, unless a policy of the bucket or the repository allows it.`,
      }
    : { state: 'passed', text: `${role} may ${decisions.map(({ action }) => action).join(', ')}` };
}
