/** Texts that a service reads: ARNs, S3 addresses, images, identifiers. All warnings: what is written may be a placeholder. */
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import type { Node } from '../../tree';
import type { Limit } from '../shapes';
import { isPlaceholder } from './tools';

const fail = '{"Name": "Deploy", "Type": "Model", "Arguments": ';

export const patternRules: readonly Rule[] = [
  {
    id: 'sm/role-arn-invalid',
    level: 'warning',
    title: 'A role that is not the ARN of a role',
    explanation:
      'Roles are given by ARN: `arn:aws:iam::111122223333:role/SageMakerRole`. A parameter keeps the account out of the definition.',
    example: {
      frame: 'step',
      bad: `${fail}{"ExecutionRoleArn": "SageMakerRole", "PrimaryContainer": {"ModelPackageName": {"Get": "Parameters.Message"}}}}`,
      good: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"ModelPackageName": {"Get": "Parameters.Message"}}}}`,
    },
  },
  {
    id: 'sm/s3-uri-invalid',
    level: 'warning',
    title: 'Not the address of an object or prefix in S3',
    explanation: 'S3 addresses are written `s3://bucket/prefix`, with the scheme in lower case and two slashes.',
    example: {
      frame: 'step',
      bad: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": {"Get": "Parameters.Image"}, "ModelDataUrl": "s3:/bucket/model.tar.gz"}}}`,
      good: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": {"Get": "Parameters.Image"}, "ModelDataUrl": "s3://bucket/model.tar.gz"}}}`,
    },
  },
  {
    id: 'sm/image-uri-invalid',
    level: 'warning',
    title: 'Not the address of a container image',
    explanation:
      'Images are named `account.dkr.ecr.region.amazonaws.com/repository:tag` or `…@sha256:digest`, without a scheme and without spaces.',
    example: {
      frame: 'step',
      bad: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": "https://example.com/my-image@sha256:${'a'.repeat(64)}"}}}`,
      good: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}}}`,
    },
  },
  {
    id: 'sm/value-pattern',
    level: 'warning',
    title: 'A text that does not have the form the service expects',
    explanation:
      "The service's model states a pattern and a length for this text: for keys, subnets, security groups, ARNs and names.",
    example: {
      frame: 'step',
      bad: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}, "VpcConfig": {"SecurityGroupIds": ["sg 1"], "Subnets": ["subnet-1"]}}}`,
      good: `${fail}{"ExecutionRoleArn": {"Get": "Parameters.Role"}, "PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}, "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}}}`,
    },
  },
];

const imagePlaces = /^(Image|TrainingImage|ImageUri|RuleEvaluatorImage)$/;

/** How identifiers begin that the service's model leaves open. */
const prefixes = table<string>({ 'SecurityGroupIds[]': 'sg-', 'Subnets[]': 'subnet-' });

/** True where a text must not be empty: the service's model says so, or it is an image. */
export function isEmptyWrong(place: string, limit: Limit | undefined): boolean {
  return imagePlaces.test(place) || (limit?.min ?? 0) > 0 || limit?.pattern?.test('') === false;
}

/** Checks a literal text of the arguments against its limit. */
export function checkText(node: Node, value: string, place: string, limit: Limit | undefined, report: Report): void {
  if (imagePlaces.test(place)) {
    checkImage(node, value, report);
    return;
  }
  const prefix = prefixes[place];
  if (prefix !== undefined && !value.startsWith(prefix) && !isPlaceholder(value)) {
    report({
      rule: 'sm/value-pattern',
      node,
      message: `'${shorten(value)}' is not valid for ${place}. Expected: ${prefix}…`,
    });
    return;
  }
  if (!limit) return;
  const { pattern } = limit;
  if (pattern && !pattern.test(value)) {
    if (isPlaceholder(value)) return;
    if (pattern.source.includes(':iam::')) reportRole(node, value, report);
    else if (pattern.source.includes('(https|s3)')) reportS3(node, value, report);
    else if (!pattern.source.includes('[-\\w]+\\/')) reportPattern(node, value, place, pattern, report);
  }
  const { min = 0, max = Number.POSITIVE_INFINITY } = limit;
  if (value.length > max || (value.length < min && value.length > 0 && !pattern)) {
    report({
      rule: 'sm/value-pattern',
      node,
      message: `${place} has ${value.length} characters; ${value.length > max ? `at most ${max}` : `at least ${min}`} are allowed.`,
    });
  }
}

function reportPattern(node: Node, value: string, place: string, pattern: RegExp, report: Report): void {
  const source = pattern.source.replace(/^\^\(\?:/, '').replace(/\)\$$/, '');
  report({
    rule: 'sm/value-pattern',
    node,
    message: `'${shorten(value)}' is not valid for ${place}. Expected: ${shorten(source, 120)}`,
  });
}

export function reportRole(node: Node, value: string, report: Report): void {
  report({
    rule: 'sm/role-arn-invalid',
    node,
    message: `'${shorten(value)}' is not the ARN of a role. Write arn:aws:iam::<account>:role/<name>, or take it from a parameter.`,
  });
}

export function reportS3(node: Node, value: string, report: Report): void {
  const mended = /^s3:?\/*/i.test(value) ? value.replace(/^s3:?\/*/i, 's3://') : undefined;
  report({
    rule: 'sm/s3-uri-invalid',
    node,
    message: `'${shorten(value)}' is not an S3 URI. Write s3://<bucket>/<prefix>.`,
    fixes: (edit) => [
      mended !== undefined && mended.length > 5
        ? edit.fix(`Change to '${mended}'`, [edit.value(node, mended)], true)
        : undefined,
    ],
  });
}

function checkImage(node: Node, value: string, report: Report): void {
  if (isPlaceholder(value)) return;
  const mended = value
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/$/, '');
  const isImage =
    mended === value &&
    isRegistry(value) &&
    /^[^\s@]+(@sha256:[0-9a-fA-F]{64})?$/.test(value) &&
    !/[A-Z]/.test(repositoryOf(value));
  if (isImage) return;
  report({
    rule: 'sm/image-uri-invalid',
    node,
    message: `'${shorten(value)}' is not the address of an image. Write <registry>/<repository>:<tag>, without a scheme and in lower case.`,
    fixes: (edit) => [
      mended !== value && mended !== ''
        ? edit.fix(`Change to '${mended}'`, [edit.value(node, mended)], true)
        : undefined,
    ],
  });
}

/** False for an address that means a registry of Amazon ECR and is not written as one. */
function isRegistry(image: string): boolean {
  const [host = ''] = image.split('/');
  if (!/(^|\.)ecr(-fips)?\./.test(host) || host.startsWith('public.ecr.')) return true;
  return (
    /^\d{12}\.dkr\.ecr(-fips)?\.[a-z]{2}[a-z0-9-]*-\d\.[a-z0-9.-]+\/[^:]+(:[\w][\w.-]*)?(@.*)?$/.test(image) &&
    !host.endsWith('.amazonaws.co')
  );
}

/** The registry and repository of an image's address, without tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

/** A text cut for a message. */
export function shorten(text: string, length = 60): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
