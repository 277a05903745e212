/** Which process works on an action, so that it can be told whether it is gone: also after a restart, also from a container. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** A process, told apart from another of the same number. */
export interface Owner {
  pid: number;
  /** When it began, in ticks since the machine started; empty where the system does not tell. */
  began: string;
  host: string;
  /** Of this run of the machine; empty where the system does not tell. */
  boot: string;
  /** The space in which process numbers count: each container has its own. */
  space: string;
}

/** This process. */
export function thisProcess(): Owner {
  return {
    pid: process.pid,
    began: beginningOf('self'),
    host: hostname(),
    boot: tell(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: tell(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * Is it gone? Undefined where that cannot be known from here: another machine, or another container.
 * `since`: when it was known to run, in milliseconds since 1970.
 */
export function isGone(owner: Owner, since: number, here: Owner = thisProcess()): boolean | undefined {
  if (owner.boot !== here.boot) return owner.host === here.host ? true : undefined;
  if (owner.space !== here.space || (owner.boot === '' && owner.host !== here.host)) return undefined;
  // Numbers are given anew after a restart of the machine.
  if (owner.boot === '' && since < Date.now() - uptime() * 1000) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return true;
  }
  return owner.began !== '' && beginningOf(String(owner.pid)) !== owner.began;
}

/** The 22nd field of `/proc/<pid>/stat`; the second may hold blanks and brackets (proc(5)). */
function beginningOf(pid: string): string {
  return tell(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function tell(read: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return read();
  } catch {
    return '';
  }
}
