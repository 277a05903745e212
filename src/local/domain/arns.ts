import { randomBytes } from 'node:crypto';

/** The region and account that this control plane answers for. */
export const region = 'us-east-1';
export const account = '000000000000';

/** The role that everything on Local runs with. */
export const executionRole = 'execution';
export const executionRoleArn = `arn:aws:iam::${account}:role/${executionRole}`;

/** Bucket that is there from the start, named as the SageMaker SDK names its default bucket. */
export const defaultBucket = `sagemaker-${region}-${account}`;

/** ARN of a SageMaker resource: `sagemakerArn('pipeline', 'penguins')`. */
export function sagemakerArn(type: string, name: string): string {
  return `arn:aws:sagemaker:${region}:${account}:${type}/${name}`;
}

/** The name of a pipeline in its ARN, or the name as it is. */
export function resourceName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

/** The twelve characters at the end of a pipeline execution's ARN. */
export function executionId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random small letters and digits. */
export function randomId(length: number): string {
  // The bias of 256 modulo 36 does no harm: these are names, not secrets.
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** The bucket and key of `s3://bucket/key`, or undefined for any other text. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | undefined {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
  return match ? { bucket: match[1] ?? '', key: match[2] ?? '' } : undefined;
}
