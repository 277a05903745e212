import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { valueOfJson } from '../../../shared/json';
import { isRecord } from '../../wire/validate';
import { leadsToFiles } from './environment';

/** The channel in which the SDK gives a function of `@step` its requirements and the script that runs before it. */
const channel = 'pre_exec_script_and_dependencies';
const scriptBefore = 'pre_exec.sh';
/** The option by which it tells the name of the requirements, and the value for none. */
const option = '--dependency_settings';
const none = JSON.stringify({ dependency_file: null });

/** A function's command without the installation of its requirements, which are installed before. */
export interface Provided {
  command: readonly string[];
  /** The path of the requirements. */
  requirements: string;
}

/**
 * The requirements of a function of `@step` that all jobs with the same ones can share: the SDK's own program would
 * install them anew in each. Undefined for other jobs, and where they are more than a list of packages: an environment
 * of conda, paths beside the code, or a script that has to run before.
 * @param channels the folder of the job's channels
 */
export async function requirementsOfStep(command: readonly string[], channels: string): Promise<Provided | undefined> {
  const at = command.indexOf(option) + 1;
  const settings = at === 0 ? undefined : valueOfJson(command[at] ?? '');
  const name = isRecord(settings) ? settings['dependency_file'] : undefined;
  if (typeof name !== 'string' || !name.endsWith('.txt') || name !== basename(name)) return undefined;
  if (process.platform === 'win32' || command.includes('--job_conda_env')) return undefined;
  const folder = join(channels, channel);
  const files = await readdir(folder).catch((): string[] => []);
  if (!files.includes(name) || files.includes(scriptBefore)) return undefined;
  const requirements = join(folder, name);
  if (leadsToFiles(await readFile(requirements, 'utf8'))) return undefined;
  return { requirements, command: command.with(at, none) };
}
