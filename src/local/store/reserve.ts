import { rmSync, statSync, writeFileSync } from 'node:fs';

/** Bytes: some thousand records of jobs and steps. */
const size = 4 * 1024 ** 2;

/** A file that takes some of the disk, to be given up when it is full. */
export class Reserve {
  constructor(private readonly path: string) {}

  /** Takes the room, where there is some. */
  fill(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.size === size) return;
    try {
      // Not of zeros, which some file systems keep for nothing.
      writeFileSync(this.path, Buffer.alloc(size, 'reserve '));
    } catch {
      this.free();
    }
  }

  /** Gives the room up. @returns whether there was any */
  free(): boolean {
    const isThere = statSync(this.path, { throwIfNoEntry: false }) !== undefined;
    rmSync(this.path, { force: true });
    return isThere;
  }
}
