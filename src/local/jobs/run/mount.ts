import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { quoted } from '../../../shared/shell-word';

const run = promisify(execFile);

/** The place that the container contract gives to every job. */
export const containerRoot = '/opt/ml';

/**
 * Runs in namespaces of its own, where mounts are seen by nobody else: puts the job's folder at `/opt/ml` and then
 * becomes the command. Where the machine has no `/opt/ml`, a view of `/opt` is laid over it that has one. Each program
 * that a shell calls takes a millisecond or two, so there are few: all that is mounted stands in one table. A job that
 * works in `/` gets a folder for it that it may write to, with all that lies in the machine's.
 */
const script = `
set -e
lay=$1 table=$2 place=$3 top=$4
shift 4
eval "$lay"
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

/** What lays a job's folder over `/opt/ml`: commands of the shell, with the table of mounts that they read. */
function layers(view: string, root: string): [commands: string, table: string] {
  if (isFolder(containerRoot)) return [`mount --bind ${quoted(root)} ${containerRoot}`, ''];
  const parent = dirname(containerRoot);
  const entries = readdirSync(parent, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const others = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => quoted(join(parent, name)));
  const own = join(view, basename(containerRoot));
  // It lies where the job's folder is laid over it.
  const file = quoted(join(own, 'table'));
  const commands = [
    `mkdir -p ${quoted(view)}`,
    // A name of its own: of two mounts with the same, the later is left out as if it were there already.
    `mount -t tmpfs mlops-flow ${quoted(view)}`,
    `mkdir ${[...folders.map((name) => join(view, name)), own].map(quoted).join(' ')}`,
    ...(others.length > 0 ? [`cp -a ${others.join(' ')} ${quoted(view)}`] : []),
    `printf %s "$table" > ${file}`,
    `mount -a -T ${file}`,
  ];
  const mounts = [
    ...folders.map((name) => [join(parent, name), join(view, name), 'rbind']),
    [root, own, 'bind'],
    [view, parent, 'rbind'],
  ];
  const lines = mounts.map(([from = '', to = '', way = '']) => `${escaped(from)} ${escaped(to)} none ${way}\n`);
  return [commands.join('\n'), lines.join('')];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A path as a table of mounts has it. */
function escaped(path: string): string {
  return path.replaceAll(/[\s\\#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

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
    return entering(way, folder, root, place, command);
  }
}

/** The command that runs another one in namespaces of its own. */
function entering(way: string, folder: string, root: string, place: string, command: readonly string[]): string[] {
  const words = [...layers(join(folder, 'view'), root), place, join(folder, 'top')];
  return ['unshare', way, '/bin/sh', '-c', script, 'sh', ...words, ...command];
}

async function probe(parent: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || !existsSync('/opt')) return undefined;
  const folder = mkdtempSync(join(parent, 'probe-'));
  try {
    const root = join(folder, 'ml');
    await mkdir(root);
    for (const way of ways) {
      const test = ['/bin/sh', '-c', 'echo x > /opt/ml/probe'];
      const [program = '', ...words] = entering(way, folder, root, containerRoot, test);
      const works = await run(program, words, { timeout: 20_000 }).then(
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
