import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { closeSync, constants, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile, readdir, readlink, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { containerRoot } from './mount';

/** Asked once: the answer takes a good part of a millisecond. */
const cores = String(availableParallelism());

/** A mention of the container contract's folder in a command, a value or a script; not a longer path that only contains it. */
const mention = /(?<![\w./-])\/opt\/ml(?![\w.-])/g;

/**
 * A job's own `/opt/ml`. That folder cannot be written on a developer's machine, so each job has one of its own.
 * Where it can be mounted, the job finds it at its place; elsewhere mentions of `/opt/ml` in its command, its
 * environment and the copies of its scripts are made to point there.
 */
export class Container {
  constructor(
    /** The folder of the job on this machine. */
    readonly folder: string,
    /** Whether the job will find its folder at `/opt/ml`. */
    readonly isMounted = false,
  ) {}

  /** The job's `/opt/ml`. */
  get root(): string {
    return join(this.folder, 'opt', 'ml');
  }

  /** A path below the job's `/opt/ml`. */
  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Where a path of the container lies on this machine; one outside `/opt/ml` is put into the job's folder. */
  locate(path: string): string {
    const clean = join('/', path);
    return join(this.folder, clean);
  }

  /** A text that names the job's folder by its place on this machine, as the job itself sees it. */
  seen(text: string): string {
    return this.isMounted ? text.replaceAll(this.root, containerRoot) : text;
  }

  /** Where a file that the job names lies on this machine. */
  onMachine(path: string): string {
    return path.startsWith(`${containerRoot}/`) ? this.locate(path) : path;
  }

  /** Points every mention of `/opt/ml` in a text at this job's, unless it is mounted there. */
  rewrite(text: string): string {
    if (this.isMounted) return text;
    return text.replace(mention, () => this.root.replaceAll('\\', '/'));
  }

  /** Rewrites the copies of scripts below a folder. */
  async rewriteScripts(folder: string): Promise<void> {
    if (this.isMounted) return;
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) {
      if (!/\.(py|sh|bash|r|R|toml|ya?ml|json|cfg|ini)$/.test(name)) continue;
      const path = join(folder, name);
      const info = await stat(path);
      if (!info.isFile() || info.size > 4 * 1024 * 1024) continue;
      const text = await readFile(path, 'utf8');
      const rewritten = this.rewrite(text);
      if (rewritten !== text) await writeFile(path, rewritten);
    }
  }

  /** Leads links that a mounted job has made to its `/opt/ml` to where that lies on this machine. */
  async leadLinks(): Promise<void> {
    if (!this.isMounted) return;
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isSymbolicLink())) {
      const path = join(entry.parentPath, entry.name);
      const target = await readlink(path);
      if (!target.startsWith(`${containerRoot}/`)) continue;
      await unlink(path);
      await symlink(this.locate(target), path);
    }
  }

  /** Makes folders. (A few small ones are faster made at once than handed to a thread.) */
  makeFolders(...paths: string[]): void {
    for (const path of paths) mkdirSync(path, { recursive: true });
  }

  /** Writes a file, in place where it is there: one that is emptied first is written to the disk at once (ext4). */
  writeJson(path: string, value: unknown): void {
    const text = Buffer.from(JSON.stringify(value));
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT);
    try {
      writeSync(file, text);
      if (fstatSync(file).size > text.length) ftruncateSync(file, text.length);
    } finally {
      closeSync(file);
    }
  }

  /** What a job left in one of the small files that the contract has for messages; undefined for none. */
  async message(name: 'failure' | 'message'): Promise<string | undefined> {
    const path = this.path('output', name);
    // Most jobs leave none: that is told without a thread.
    const text = existsSync(path) ? await readFile(path, 'utf8').catch(() => '') : '';
    return text.trim() === '' ? undefined : text.trim();
  }

  /** The environment that every job gets; `own` are the job's variables. */
  environment(base: NodeJS.ProcessEnv, config: ResourceConfig, own: Record<string, string>): NodeJS.ProcessEnv {
    const rewritten = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, this.rewrite(value)]));
    return {
      ...base,
      PYTHONUNBUFFERED: '1',
      SAGEMAKER_BASE_DIR: this.root,
      ...hostVariables(config),
      ...rewritten,
    };
  }
}

/** The host, and the group of instances, that a job on one instance has. */
const host = 'algo-1';
const group = 'homogeneousCluster';

/**
 * `resourceconfig.json` of a job on one host.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 */
export function resourceConfig(instanceType = 'local'): ResourceConfig {
  return {
    current_host: host,
    current_instance_type: instanceType,
    current_group_name: group,
    hosts: [host],
    instance_groups: [{ instance_group_name: group, instance_type: instanceType, hosts: [host] }],
    network_interface_name: 'lo',
  };
}

export interface ResourceConfig {
  current_host: string;
  current_instance_type: string;
  current_group_name: string;
  hosts: string[];
  instance_groups: { instance_group_name: string; instance_type: string; hosts: string[] }[];
  network_interface_name: string;
}

/** The variables that tell a job of its host, as the training toolkit sets them. */
function hostVariables(config: ResourceConfig): Record<string, string> {
  const groups = config.instance_groups;
  return {
    SM_CURRENT_HOST: config.current_host,
    SM_CURRENT_INSTANCE_TYPE: config.current_instance_type,
    SM_CURRENT_INSTANCE_GROUP: config.current_group_name,
    SM_CURRENT_INSTANCE_GROUP_HOSTS: JSON.stringify(config.hosts),
    SM_HOSTS: JSON.stringify(config.hosts),
    SM_INSTANCE_GROUPS: JSON.stringify(groups.map(({ instance_group_name: name }) => name)),
    SM_INSTANCE_GROUPS_DICT: JSON.stringify(Object.fromEntries(groups.map((each) => [each.instance_group_name, each]))),
    SM_IS_HETERO: 'false',
    SM_NETWORK_INTERFACE_NAME: config.network_interface_name,
    SM_NUM_CPUS: cores,
    SM_NUM_GPUS: '0',
    SM_NUM_NEURONS: '0',
    SM_RESOURCE_CONFIG: JSON.stringify(config),
  };
}
