/** git-flow's own hooks and filters: executable files beside git's. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Git } from '../git/git';
import type { Configuration } from '../model/model';
import type { Places } from '../git/places';

/** What a hook or filter answered. */
export interface HookAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Finds and runs the hooks of one repository. In a workspace that is not trusted there are none. */
export class Hooks {
  constructor(
    private readonly git: Git,
    private readonly places: Places,
    private readonly config: Configuration,
    private readonly trusted: boolean,
  ) {}

  /** The file of a hook, or undefined where there is none that can be executed. */
  find(name: string): string | undefined {
    // An empty path is git-flow's way to have no hooks.
    if (!this.trusted || this.config.hooksPath === '') return undefined;
    const file = join(this.folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile() ? file : undefined;
    } catch {
      return undefined;
    }
  }

  /** Passes the words to a filter of versions, if there is one, and answers what it prints. Code 127 is a refusal. */
  async filter(name: string, words: string[]): Promise<{ value: string; refused: boolean } | undefined> {
    const file = this.find(`filter-flow-${name}`);
    if (file === undefined) return undefined;
    const answer = await this.run(file, words);
    const refused = this.config.flavour === 'avh' ? answer.code === 127 : answer.code !== 0;
    return { value: answer.stdout.trim().replace(/\s+/g, ' '), refused };
  }

  /** Runs a hook in the root of the work tree, with git-flow's variables. Never throws. */
  async run(
    file: string,
    args: readonly string[],
    onOutput?: (text: string) => void,
    more: Readonly<Record<string, string>> = {},
  ): Promise<HookAnswer> {
    const env = {
      ...this.git.environment,
      MASTER_BRANCH: this.config.main,
      DEVELOP_BRANCH: this.config.develop,
      ORIGIN: this.config.origin,
      HOOKS_DIR: this.folder,
      DOT_GIT_DIR: this.places.gitDir,
      GIT_CURRENT_REPO_DIR: this.places.root,
      ...more,
    };
    return new Promise((done) => {
      const child = spawn(file, args, {
        cwd: this.places.root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      const answer: HookAnswer = { code: 0, stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        answer.stdout += text;
        onOutput?.(text);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        answer.stderr += text;
        onOutput?.(text);
      });
      child.on('error', (error) => done({ ...answer, code: 126, stderr: error.message }));
      child.on('close', (code) => done({ ...answer, code: code ?? 128 }));
    });
  }

  private get folder(): string {
    const { hooksPath, flavour } = this.config;
    if (hooksPath) return resolve(this.places.root, hooksPath);
    if (flavour === 'avh') return join(this.places.gitDir, 'hooks');
    // Other tools look where git does.
    const gits = this.config.get('core.hookspath');
    return gits ? resolve(this.places.root, gits) : join(this.places.commonDir, 'hooks');
  }
}
