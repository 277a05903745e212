import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The place that the container contract gives to every job. */
export const containerRoot = '/opt/ml';

/**
 * Runs in namespaces of its own, where mounts are seen by nobody else: puts the job's folder at `/opt/ml` and then
 * becomes the command. Where the machine has no `/opt/ml`, a view of `/opt` is laid over it that has one. A job that works
 * in `/` gets a folder for it that it may write to, with all that lies in the machine's.
 */
const script = `
set -e
view=$1 root=$2 place=$3 top=$4
shift 4
if [ -d /opt/ml ]; then mount --bind "$root" /opt/ml
else
  mkdir -p "$view"
  mount -t tmpfs tmpfs "$view"
  for each in /opt/* /opt/.[!.]*; do
    [ -e "$each" ] || continue
    name=\${each##*/}
    if [ -d "$each" ] && [ ! -L "$each" ]; then mkdir "$view/$name"; mount --rbind "$each" "$view/$name"
    else cp -a "$each" "$view/$name"; fi
  done
  mkdir "$view/ml"
  mount --bind "$root" "$view/ml"
  mount --rbind "$view" /opt
fi
if [ "$place" = / ]; then
  mkdir -p "$top"
  for each in /* /.[!.]*; do
    name=\${each#/}
    if [ -L "$each" ]; then cp -P "$each" "$top/$name"
    elif [ -d "$each" ]; then mkdir "$top/$name"; mount --rbind "$each" "$top/$name" || true
    fi
  done
  chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
  exec "$chroot" "$top" "$@"
fi
cd "$place"
exec "$@"
`;

/** A user namespace needs no rights; where the system forbids it, root can do without. */
const ways = ['-Urm', '-m'];

/** Gives jobs a true `/opt/ml`, where the system lets an ordinary user have namespaces (Linux). */
export class Mounts {
  private found: Promise<string | undefined> | undefined;

  /** Whether this machine can do it; asked once, by doing it. @param folder where to try */
  async isPossible(folder: string): Promise<boolean> {
    this.found ??= probe(folder);
    return (await this.found) !== undefined;
  }

  /**
   * A command that runs another one with `root` as its `/opt/ml`. {@link isPossible} must have been asked.
   * @param folder the job's own, for what the mounts need
   * @param place its working directory, as the job sees it
   */
  async wrap(folder: string, root: string, place: string, command: readonly string[]): Promise<string[]> {
    const way = (await this.found) ?? '-Urm';
    const words = [join(folder, 'view'), root, place, join(folder, 'top')];
    return ['unshare', way, '/bin/sh', '-c', script, 'sh', ...words, ...command];
  }
}

async function probe(parent: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || !existsSync('/opt')) return undefined;
  const folder = mkdtempSync(join(parent, 'probe-'));
  try {
    const root = join(folder, 'ml');
    await mkdir(root);
    for (const way of ways) {
      const test = ['/bin/sh', '-c', 'echo x > /opt/ml/probe'];
      const own = [join(folder, 'view'), root, containerRoot, ''];
      const words = [way, '/bin/sh', '-c', script, 'sh', ...own, ...test];
      const works = await run('unshare', words, { timeout: 20_000 }).then(
        () => existsSync(join(root, 'probe')),
        () => false,
      );
      if (works) return way;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
