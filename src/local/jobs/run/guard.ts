import { type ChildProcess, spawn } from 'node:child_process';

/**
 * What the watcher does: it keeps the process groups that it is told of, and kills those that are left when
 * its input ends. Its input is held open by this process alone, so it ends when this process dies in whatever
 * way.
 */
const script = `
trap '' TERM INT HUP
groups=
while read -r sign group; do
  if [ "$sign" = + ]; then groups="$groups $group"; continue; fi
  rest=
  for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done
  groups=$rest
done
for each in $groups; do kill -KILL "-$each"; done
`;

/** Sees to it that no step outlives the control plane, even when that is killed. (Not on Windows.) */
export class Guard {
  private watcher: ChildProcess | undefined;
  private isWatching = false;

  /** Starts the watcher. To be called before a process is started that will be taken into care. */
  watch(): void {
    if (this.isWatching || process.platform === 'win32') return;
    this.isWatching = true;
    const watcher = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // Without its watcher everything works but this.
    watcher.on('error', () => (this.watcher = undefined));
    watcher.stdin.on('error', () => undefined);
    this.watcher = watcher;
  }

  /** Takes a process group into care. */
  add(group: number): void {
    this.watcher?.stdin?.write(`+ ${group}\n`);
  }

  /** The group has ended. */
  remove(group: number): void {
    this.watcher?.stdin?.write(`- ${group}\n`);
  }

  close(): void {
    this.watcher?.stdin?.end();
  }
}
