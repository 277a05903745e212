/** The names that IAM has for calls. Pure. */

/** Operations whose permission has another name than they have. */
const renamed: Readonly<Record<string, string>> = {
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListObjects': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:HeadBucket': 's3:ListBucket',
  's3:ListBuckets': 's3:ListAllMyBuckets',
  's3:CopyObject': 's3:PutObject',
  's3:CreateMultipartUpload': 's3:PutObject',
  's3:UploadPart': 's3:PutObject',
  's3:CompleteMultipartUpload': 's3:PutObject',
  's3:DeleteObjects': 's3:DeleteObject',
  'sagemaker:InvokeEndpointWithResponseStream': 'sagemaker:InvokeEndpoint',
};

/**
 * The IAM action of an operation; undefined for what needs no permission.
 *
 * @param prefix of the service: `sagemaker`
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function iamAction(prefix: string, operation: string): string | undefined {
  const action = `${prefix}:${operation}`;
  return action === 'sts:GetCallerIdentity' ? undefined : (renamed[action] ?? action);
}
