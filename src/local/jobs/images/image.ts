/** An image of a registry, in its parts. */
export interface Image {
  /** The last part of its path: `sagemaker-scikit-learn`. */
  repository: string;
  /** `1.2-1-cpu-py3`; empty where it has none. */
  tag: string;
}

/** Reads the name of an image: `registry/path/repository:tag` or with a digest. */
export function parseImage(uri: string): Image {
  const [name = ''] = uri.split('@');
  const last = name.slice(name.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? { repository: last, tag: '' } : { repository: last.slice(0, colon), tag: last.slice(colon + 1) };
}

/** Whether two numbers of a version, `1.10` and `1.9`, are in this order. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
