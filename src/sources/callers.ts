/**
 * What a project's own automation calls its pipelines with: `run-pipeline --module-name X --kwargs "{…}"` and the like
 * in buildspecs, workflows, Jenkinsfiles, Makefiles and shell scripts.
 */
import { isRecord } from '../shared/guards';
import { parse } from 'shell-quote';
import { type Literal, readLiteral } from './literal';

/** One call of a project's runner. Values keep variables as `${NAME}`, where the same file does not set them. */
export interface Caller {
  /** The line on which the command begins, from 0. */
  line: number;
  /** The module with the function: `pipelines.abalone.pipeline`. */
  module?: string;
  /** The script that is run, where it is a file: `run_pipeline.py`. */
  script?: string;
  /** The function that a call in Python names. */
  function?: string;
  /** The arguments of the function. */
  arguments: Readonly<Record<string, Literal>>;
  /** All words behind the script, for one that is run as a program. */
  words: readonly string[];
}

const runner = /\b(?:run[-_]\w*pipelines?|get[-_]pipeline[-_]definition|\w*pipeline\w*)(?:\.py)?\b/;
const moduleFlags = new Set(['-n', '--module-name', '--module', '--module_name']);
const argumentFlags = new Set(['-k', '--kwargs', '-kwargs', '--pipeline-kwargs']);

/** The files that may hold such calls, by their names. */
export function mayCall(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /\.(?:ya?ml|sh|bash|mk|groovy)$|^(?:Makefile|Jenkinsfile.*|justfile|noxfile\.py|tox\.ini)$/i.test(name);
}

/** The calls in a text, whatever language is around them. */
export function callersIn(text: string): Caller[] {
  if (!runner.test(text)) return [];
  const variables = variablesOf(text);
  return commandsOf(text).flatMap(({ line, command }) => {
    const set = (name: string): string | undefined =>
      variables.findLast((one) => one.name === name && one.line < line)?.value;
    const caller = callerOf(command, line, set);
    return caller ? [caller] : [];
  });
}

/** The shell's lines, each with what follows a backslash at its end. */
function commandsOf(text: string): { line: number; command: string }[] {
  const commands: { line: number; command: string }[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at;
    if (!runner.test(lines[at] ?? '')) continue;
    let command = (lines[at] ?? '').trim();
    while (/\\\s*$/.test(command) && at + 1 < lines.length) {
      at += 1;
      command = `${command.replace(/\\\s*$/, ' ')}${(lines[at] ?? '').trim()}`;
    }
    commands.push({ line, command });
  }
  return commands;
}

const assignment =
  /^\s*(?:- )?(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*(?::=|\?=|=|:\s)\s*(?:"([^"$]*)"|'([^'$]*)'|([^\s"'#$|>&{[][^\s"'#$]*))\s*(?:#.*)?$/;
/** What an account has of its own: another one has it too. */
const ofAccount = /REGION|ROLE|BUCKET|ACCOUNT|PROFILE/;

/** The variables that a text sets as its automation sees them: `env` of a workflow, a shell's, a Makefile's, a Jenkinsfile's. */
function variablesOf(text: string): { name: string; value: string; line: number }[] {
  return text.split('\n').flatMap((written, line) => {
    const [, name = '', ...values] = assignment.exec(written) ?? [];
    const value = values.find((one) => one !== undefined);
    return value === undefined || ofAccount.test(name) ? [] : [{ name, value, line }];
  });
}

/** A mark around names of variables while the shell's words are taken apart. */
const mark = '\u0001';

function callerOf(command: string, line: number, set: (name: string) => string | undefined): Caller | undefined {
  const marked = unwrapped(command).replace(
    /\$\{\{\s*(?:[\w-]+\.)*([\w-]+)\s*\}\}|\$\{(\w+)[^}]*\}|\$\((\w+)\)|\$\$?(\w+)/g,
    (_, ...names: unknown[]) => {
      const name = names.slice(0, 4).find((one) => typeof one === 'string');
      return set(String(name)) ?? `${mark}${String(name)}${mark}`;
    },
  );
  let words: string[];
  try {
    words = parse(marked).map((word) => (typeof word === 'string' ? unmark(word) : 'op' in word ? word.op : ''));
  } catch {
    return undefined;
  }
  const at = words.findIndex((word) => runner.test(word) && !/[=\s]/.test(word));
  if (at < 0) return undefined;
  const end = words.findIndex((word, index) => index > at && ['&&', '||', ';', '|'].includes(word));
  const own = words.slice(at + 1, end < 0 ? undefined : end);
  const module = flagged(own, moduleFlags);
  const given = flagged(own, argumentFlags);
  const value = given === undefined ? undefined : readLiteral(given);
  const script = (words[at] ?? '').endsWith('.py') ? words[at] : undefined;
  if (module === undefined && script === undefined) return undefined;
  return {
    line,
    ...(module === undefined ? {} : { module }),
    ...(script === undefined ? {} : { script }),
    arguments: isRecord(value) ? value : {},
    words: own,
  };
}

/** The command itself, without what a workflow or a Jenkinsfile writes around it. */
function unwrapped(command: string): string {
  const step = /^(?:sh|bat)\s*\(?\s*('''|"""|'|")(.*?)(?:\1\s*\)?)?$/s.exec(command);
  return step ? (step[2] ?? '') : command.replace(/^(?:- )?(?:run:\s*)?/, '');
}

function flagged(words: readonly string[], flags: ReadonlySet<string>): string | undefined {
  for (const [at, word] of words.entries()) {
    if (flags.has(word)) return words[at + 1];
    const [flag = '', ...rest] = word.split('=');
    if (flags.has(flag)) return rest.join('=');
  }
  return undefined;
}

function unmark(word: string): string {
  return word.replace(new RegExp(`${mark}(\\w[\\w-]*)${mark}`, 'g'), (_, name: string) => `\${${name}}`);
}

/** Is `module` the dotted name of the file at `path`, seen from one of its folders? */
export function isModuleOf(module: string, path: string): boolean {
  const file = `${module.replaceAll('.', '/')}.py`;
  return path === file || path.endsWith(`/${file}`);
}
