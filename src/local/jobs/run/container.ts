import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';

/** Asked once: the answer takes a good part of a millisecond. */
const cores = String(availableParallelism());

/** A mention of the container contract's folder in a command, a value or a script; not a longer path that only contains it. */
const mention = /(?<![\w./-])\/opt\/ml(?![\w.-])/g;

/**
 * A job's own `/opt/ml`. That folder cannot be written on a developer's machine, so each job has one of its
 * own, and mentions of `/opt/ml` in its command, its environment and the copies of its scripts are made to
 * point there.
 */
export class Container {
  constructor(
    /** The folder of the job on this machine. */
    readonly folder: string,
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

  /** Points every mention of `/opt/ml` in a text at this job's. */
  rewrite(text: string): string {
    return text.replace(mention, () => this.root.replaceAll('\\', '/'));
  }

  /** Rewrites the copies of scripts below a folder. */
  async rewriteScripts(folder: string): Promise<void> {
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

  /** Makes folders. (A few small ones are faster made at once than handed to a thread.) */
  makeFolders(...paths: string[]): void {
    for (const path of paths) mkdirSync(path, { recursive: true });
  }

  writeJson(path: string, value: unknown): void {
    writeFileSync(path, JSON.stringify(value));
  }

  /** The environment that every job gets; `own` are the job's variables. */
  environment(base: NodeJS.ProcessEnv, own: Record<string, string>): NodeJS.ProcessEnv {
    const rewritten = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, this.rewrite(value)]));
    return {
      ...base,
      PYTHONUNBUFFERED: '1',
      SAGEMAKER_BASE_DIR: this.root,
      SM_CURRENT_HOST: 'algo-1',
      SM_HOSTS: '["algo-1"]',
      SM_NUM_CPUS: cores,
      SM_NUM_GPUS: '0',
      ...rewritten,
    };
  }
}

/** `resourceconfig.json` of a job on one host. */
export const resourceConfig = { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'lo' };
