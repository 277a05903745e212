/**
 * How times, numbers and sizes read, the same in trees, messages and panels. Units stand after a space, and two
 * of them at most.
 */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const month = 30 * day;
const year = 365 * day;

/** A length of time in milliseconds: `350 ms`, `12 s`, `4 min 8 s`, `2 h 5 min`, `3 d 1 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < second) return `${Math.max(0, Math.floor(milliseconds))} ms`;
  if (milliseconds < 10 * second) return `${trimZeros((Math.floor(milliseconds / 100) / 10).toFixed(1))} s`;
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`;
  if (milliseconds < hour) return twoUnits(milliseconds, minute, 'min', second, 's');
  if (milliseconds < day) return twoUnits(milliseconds, hour, 'h', minute, 'min');
  return twoUnits(milliseconds, day, 'd', hour, 'h');
}

/** How long ago, for times in milliseconds: `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`, `7 mo ago`, `4 yr ago`. */
export function formatAge(time: number, now: number): string {
  const age = now - time;
  if (age < 2 * second) return 'just now';
  if (age < minute) return `${Math.floor(age / second)} s ago`;
  if (age < hour) return `${Math.floor(age / minute)} min ago`;
  if (age < day) return `${Math.floor(age / hour)} h ago`;
  if (age < 2 * month) return `${Math.floor(age / day)} d ago`;
  if (age < year) return `${Math.floor(age / month)} mo ago`;
  return `${Math.floor(age / year)} yr ago`;
}

/** A point in time in the reader's time zone: `2026-11-22 15:04:05`. */
export function formatTime(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(time)}`;
}

/** The time of day in the reader's time zone: `15:04:05`. */
export function formatClock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A measured value with five significant digits at most: `0.98765`, `12345`, `1.2e-7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return minus(String(value));
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return minus(value.toExponential(3).replace(/\.?0+e/, 'e'));
  const decimals = Math.max(0, 4 - Math.max(0, Math.floor(Math.log10(size))));
  return minus(trimZeros(value.toFixed(size < 1 ? 5 : decimals)));
}

/** A share between 0 and 1 as a percentage: `97.1 %`. */
export function formatPercent(share: number): string {
  return `${trimZeros((share * 100).toFixed(1))} %`;
}

/** A size in bytes by powers of 1024: `812 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : trimZeros(size.toFixed(size < 10 ? 1 : 0))} ${units[unit]}`;
}

/** The first eight characters of a commit id or a digest. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** `1 run`, `3 runs`; `plural` where an s is not enough. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

function twoUnits(milliseconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(milliseconds / large);
  const rest = Math.floor((milliseconds % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** The first `most` of the names, and how many more there are. */
export function formatNames(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** The last part of a path or key with `/` between its parts. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** How a model version is called by itself; a package in no group has no version, and `group` is its name then. */
export function versionTitle(group: string, version: number): string {
  return version === 0 ? group : `${group} version ${version}`;
}
