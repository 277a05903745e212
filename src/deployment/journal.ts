/**
 * Where the records of deployments are kept: a file each, which only grows. The command line and every window read and
 * write the same ones, so whoever looks next goes on where another has ended.
 */
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../aws';
import { type DeploymentRecord, foldRecord, readLines, type RecordLine, writeLine } from './model/record';

const suffix = '.jsonl';
/** So many of the newest records of an endpoint are read. */
const mostRecords = 50;

/** The folder of the records of an account and region; those of Local lie with its data. */
export async function recordsFolder(session: Session, localData: string): Promise<string> {
  if (session.connection.kind === 'local') return join(localData, 'deployments');
  const { account } = await session.identity();
  return join(homedir(), '.mlops-flow', 'deployments', `${account}-${session.region}`);
}

export class Journal {
  constructor(private readonly folder: string) {}

  /** Writes one line; what was written before is never touched. */
  async append(endpoint: string, id: string, line: RecordLine): Promise<void> {
    const folder = this.folderOf(endpoint);
    await mkdir(folder, { recursive: true });
    await appendFile(join(folder, `${id}${suffix}`), writeLine(line), { flush: line.type !== 'said' });
  }

  /** The newest records of an endpoint, the newest first. */
  async records(endpoint: string): Promise<DeploymentRecord[]> {
    const files = await names(this.folderOf(endpoint));
    const newest = files
      .filter((name) => name.endsWith(suffix))
      .sort()
      .reverse()
      .slice(0, mostRecords);
    const records = await Promise.all(newest.map((name) => this.read(join(this.folderOf(endpoint), name))));
    return records.flatMap((record) => record ?? []);
  }

  /** The newest record of an endpoint. */
  async latest(endpoint: string): Promise<DeploymentRecord | undefined> {
    const files = await names(this.folderOf(endpoint));
    const newest = files
      .filter((name) => name.endsWith(suffix))
      .sort()
      .at(-1);
    return newest === undefined ? undefined : this.read(join(this.folderOf(endpoint), newest));
  }

  /** The endpoints that have records. */
  endpoints(): Promise<string[]> {
    return names(this.folder);
  }

  private async read(file: string): Promise<DeploymentRecord | undefined> {
    return foldRecord(readLines(await readFile(file, 'utf8')));
  }

  private folderOf(endpoint: string): string {
    return join(this.folder, endpoint.replace(/[^A-Za-z0-9-]/g, '_'));
  }
}

/** Ids in the order of time. */
export function recordId(now: Date): string {
  return `${now.toISOString().replace(/[^0-9]/g, '')}-${crypto.randomUUID().slice(0, 8)}`;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
