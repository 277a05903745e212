/** `mlops-flow validate`: checks definitions and prints what is wrong. */
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { escapePath, glob, isDynamicPattern } from 'tinyglobby';
import type { Graded, Level, Rule, Severity } from '../definition';
import { count } from '../shared/format';
import { choose, readOptions, UsageError } from './options';
import { readText, UnreadableError } from './read';
import { type Checked, reporters } from './report';
import { unrecognised } from './unrecognised';

const severities: readonly Severity[] = ['error', 'warning', 'information', 'hint'];
const levels: readonly Level[] = [...severities, 'off'];

const options = {
  format: { type: 'string', default: 'text' },
  'max-severity': { type: 'string', default: 'warning' },
  'min-severity': { type: 'string', default: 'hint' },
  'max-problems': { type: 'string', default: '1000' },
  rule: { type: 'string', multiple: true, default: [] as string[] },
} as const;

/** Runs the command; answers the exit code. */
export async function run(args: string[]): Promise<number> {
  try {
    return await validateFiles(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message} See: mlops-flow help validate\n`);
    return 2;
  }
}

async function validateFiles(args: string[]): Promise<number> {
  const { judge, rules } = await import('../definition/definition.bundle');
  const { values, positionals } = readOptions(args, options);
  const format = choose('format', values.format, Object.keys(reporters));
  const allowed = severities.indexOf(choose('max-severity', values['max-severity'], severities));
  const shown = severities.indexOf(choose('min-severity', values['min-severity'], severities));
  const most = Number(values['max-problems']);
  if (!Number.isInteger(most) || most < 1) throw new UsageError('--max-problems takes a number from 1 on.');
  const ruleLevels = Object.fromEntries(values.rule.map((text) => readRule(text, rules)));
  const { files, problems } = await findFiles(positionals);
  const remarks: string[] = [];
  let recognised = 0;
  let unknown = false;
  const checked: Checked[] = [];
  let gravest = severities.length;
  for (const file of files) {
    let text: string;
    try {
      text = await readText(file);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      problems.push(error.message);
      continue;
    }
    const path = file === '-' ? undefined : file;
    const judgement = await judge(text, { ...(path === undefined ? {} : { path }), levels: ruleLevels });
    if (judgement) recognised++;
    else if (positionals.includes(file)) {
      unknown = true;
      gravest = 0;
      checked.push({ file, diagnostics: [unrecognised(text)] });
      continue;
    }
    for (const { severity } of judgement?.graded ?? []) gravest = Math.min(gravest, severities.indexOf(severity));
    const found = judgement?.graded.filter(({ severity }) => severities.indexOf(severity) <= shown) ?? [];
    checked.push({ file, diagnostics: judgement?.diagnostics(gravestOf(found, most)) ?? [] });
    if (found.length > most) {
      remarks.push(
        `${file}: ${count(found.length - most, 'more problem')} not shown; --max-problems ${found.length} shows all.`,
      );
    }
  }
  process.stdout.write(reporters[format]?.(checked, rules) ?? '');
  if (recognised === 0 && !unknown && problems.length === 0) {
    problems.push(
      `No definition was found ${positionals.length === 0 ? 'in this folder' : 'there'}: name files, folders or patterns.`,
    );
  }
  for (const problem of [...remarks, ...problems]) process.stderr.write(`${problem}\n`);
  if (problems.length > 0 || unknown) return 2;
  return gravest < allowed ? 1 : 0;
}

/** The gravest of them, so many at most; of those the first in the text. */
function gravestOf(found: readonly Graded[], most: number): readonly Graded[] {
  if (found.length <= most) return found;
  return severities
    .flatMap((severity) =>
      found
        .filter((one) => one.severity === severity)
        .sort((a, b) => a.finding.node.keyStart - b.finding.node.keyStart),
    )
    .slice(0, most);
}

function readRule(text: string, rules: ReadonlyMap<string, Rule>): [string, Level] {
  const [id = '', level = ''] = text.split('=');
  if (!rules.has(id)) throw new UsageError(`There is no rule '${id}'.`);
  return [id, choose('rule', level, levels)];
}

/** What definitions are usually called; their content decides. */
const usual = ['**/*.json', '**/*.{yml,yaml}', '**/*.{tf,tofu}'];
const ignored = ['**/node_modules/**', '**/.git/**', '**/.vscode/**', '**/cdk.out/**'];

/** The files that the arguments name: files, folders, globs; the usual ones where there are none. */
async function findFiles(names: readonly string[]): Promise<{ files: string[]; problems: string[] }> {
  const files = new Set<string>();
  const problems: string[] = [];
  const add = async (patterns: string[]): Promise<number> => {
    const found = await glob(patterns, { ignore: ignored, dot: false, expandDirectories: false });
    for (const file of found.sort()) files.add(file);
    return found.length;
  };
  if (names.length === 0) await add(usual);
  for (const name of names) {
    if (name === '-') {
      files.add(name);
      continue;
    }
    const kind = await stat(name).catch(() => undefined);
    if (kind?.isDirectory()) {
      const folder = escapePath(relative(process.cwd(), resolve(name)).replaceAll('\\', '/') || '.');
      await add(usual.map((pattern) => `${folder}/${pattern}`));
    } else if (kind) {
      files.add(name);
    } else if (!isDynamicPattern(name) || (await add([name.replaceAll('\\', '/')])) === 0) {
      problems.push(isDynamicPattern(name) ? `${name}: no file matches.` : `${name}: there is no such file.`);
    }
  }
  return { files: [...files], problems };
}
