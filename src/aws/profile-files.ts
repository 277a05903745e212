/**
 * Additions to the AWS configuration and credentials files. What is there stays as it is, to the letter: a section is
 * added at the end, and one that is there already is never changed.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../workbench/errors';

/** A section by its whole name (`profile dev`, `sso-session work`) and its settings. */
export interface Section {
  name: string;
  settings: Readonly<Record<string, string>>;
}

/** Where the AWS configuration is, as the SDKs look for it. */
export function configFile(env: NodeJS.ProcessEnv = process.env): string {
  return env['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config');
}

/** Where the AWS credentials are, as the SDKs look for them. */
export function credentialsFile(env: NodeJS.ProcessEnv = process.env): string {
  return env['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials');
}

/** True where a section stands in the text of a file. */
export function hasSection(text: string, name: string): boolean {
  const names = [...text.matchAll(/^\s*\[([^\]]*)\]/gm)].map(([, found = '']) => found.trim().replace(/\s+/, ' '));
  return names.includes(name);
}

/** True where a file has a section; a file that is not there has none. */
export async function fileHasSection(file: string, name: string): Promise<boolean> {
  return hasSection(await textOf(file), name);
}

/** The text of a section. */
export function sectionText({ name, settings }: Section): string {
  const rows = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  return `[${name}]\n${rows.join('')}`;
}

/**
 * Adds sections at the end of a file, which only the user can read where it is made now.
 *
 * @throws UserError where one of them is there already, or the file cannot be written
 */
export async function addSections(file: string, sections: readonly Section[]): Promise<void> {
  try {
    const text = await textOf(file);
    const there = sections.find(({ name }) => hasSection(text, name));
    if (there) throw new UserError(`${file} has a section [${there.name}] already. Choose another name.`);
    const gap = text === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n';
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, gap + sections.map(sectionText).join('\n'), { mode: 0o600 });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file} could not be written: ${reason}`, undefined, { cause: error });
  }
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
