/** What the process of the control plane writes to its standard output, as one line of JSON, when it listens. */
export interface Ready {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  pid: number;
}

/** Reads that line; undefined for anything else. */
export function parseReady(line: string): Ready | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { endpoint, region, accessKeyId, secretAccessKey, pid } = value as Record<string, unknown>;
  if (typeof endpoint !== 'string' || typeof region !== 'string' || typeof pid !== 'number') return undefined;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined;
  return { endpoint, region, accessKeyId, secretAccessKey, pid };
}
