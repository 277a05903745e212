/** What differs in a definition from one rendering of the same program to the next. */

const address = /(s3:\/\/)([^/\s"'\\]+)([^\s"'\\]*)/g;
/** The bucket that the SageMaker SDK makes for an account: `sagemaker-eu-west-1-111122223333`. */
const ownBucket = /^sagemaker-[a-z]{2}(?:-[a-z]+)+-\d-\d{12}$/;
/** An account's id, as a part of a bucket's name. */
const accountId = /(?<=^|-)\d{12}(?=-|$)/g;
/** The SDK's `name_from_base`: `-2026-01-31-12-30-59-123`, and the short form `-260131-1230`. */
const time = /-\d{4}(?:-\d{2}){5}-\d{3}(?=[/.-]|$)|-\d{6}-\d{4}(?=[/.-]|$)/g;
/** A folder named by the MD5 or SHA-256 of what is in it. */
const folderDigest = /(?<=\/)(?:[0-9a-f]{32}|[0-9a-f]{64})(?=\/|$)/g;

/**
 * The text of a definition in which all S3 URIs are without the account of their bucket, the time of their rendering
 * and the digests of folders. Other texts, and the rest of each URI, stay as they are.
 */
export function withoutPerRun(definition: string): string {
  return definition.replace(address, (_, scheme: string, bucket: string, key: string) => {
    const name = ownBucket.test(bucket) ? '<own bucket>' : bucket.replace(accountId, '<account>');
    return `${scheme}${name}${key.replace(time, '-<time>').replace(folderDigest, '<digest>')}`;
  });
}
