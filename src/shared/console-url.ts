/** The address of a page of the AWS console, in the partition of the region. */
export function consoleUrl(page: string, region: string): string {
  const [path = '', fragment = ''] = page.split('#');
  const host = region.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${region}.${host}/${path}?region=${region}#${fragment}`;
}
