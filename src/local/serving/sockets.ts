import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'mlops-flow-serving-';

/** A folder with a short path for the sockets of workers, made for the first of them. */
export class Sockets {
  private made: string | undefined;

  /** Removes what processes that were killed have left. */
  constructor() {
    for (const name of readdirSync(tmpdir())) {
      const pid = Number(/^mlops-flow-serving-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(pid) || isAlive(pid)) continue;
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }

  get folder(): string {
    this.made ??= mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
    return this.made;
  }

  remove(): void {
    if (this.made !== undefined) rmSync(this.made, { recursive: true, force: true });
    this.made = undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
