/** Bucket and key of an `s3://` URI; both empty for any other text. */
export function splitS3Uri(uri: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
}
