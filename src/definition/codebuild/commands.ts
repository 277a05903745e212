/**
 * What the commands of a buildspec do that nobody may expect. CodeBuild gives an element of `commands` to the shell as
 * one script and takes its last exit status; there is no `set -e`. After a failed build, post_build runs all the same.
 * Sources: "Build specification reference for CodeBuild", "Build phase transitions" (AWS CodeBuild user guide).
 */
import type { TextEdit } from '../diagnostic';
import type { Editor } from '../finding';
import type { Report, Rule } from '../rule';
import type { Node } from '../tree';

const file = 'buildspec.yml';
const head = 'version: 0.2\n';

export const commandRules: readonly Rule[] = [
  {
    id: 'cb/hidden-failure',
    level: 'information',
    title: 'A block of commands that hides a failure',
    explanation:
      'An element of `commands` with several lines is one script, and only the exit status of its last command counts: what fails before it is not noticed. Begin the block with `set -e`, join the commands with `&&`, or make each an element of its own. Where the command does not run tests or checks, it is a hint.',
    example: {
      frame: 'document',
      file,
      bad: `${head}phases:\n  build:\n    commands:\n      - |\n        pytest\n        echo done\n`,
      good: `${head}phases:\n  build:\n    commands:\n      - pytest\n      - echo done\n`,
    },
  },
  {
    id: 'cb/deploy-after-failure',
    level: 'warning',
    title: 'A deployment that runs after a failed build',
    explanation:
      'The phase post_build runs also when the phase build has failed, so a deployment there may deliver what was not built or did not pass its tests. Test `CODEBUILD_BUILD_SUCCEEDING` first, set `on-failure: ABORT` in the phase build, or deploy in the phase build.',
    example: {
      frame: 'document',
      file,
      bad: `${head}phases:\n  build:\n    commands:\n      - make test\n  post_build:\n    commands:\n      - sam deploy\n`,
      good: `${head}phases:\n  build:\n    on-failure: ABORT\n    commands:\n      - make test\n  post_build:\n    commands:\n      - sam deploy\n`,
    },
  },
  {
    id: 'cb/report-format',
    level: 'warning',
    title: 'A report whose files are of another format',
    explanation:
      'The format of a report is JUnit XML unless `file-format` says otherwise. A file of another format cannot be read, and the report fails.',
    example: {
      frame: 'document',
      file,
      bad: `${head}phases:\n  build:\n    commands:\n      - pytest --cov-report xml\nreports:\n  coverage:\n    files: [coverage.xml]\n`,
      good: `${head}phases:\n  build:\n    commands:\n      - pytest --cov-report xml\nreports:\n  coverage:\n    files: [coverage.xml]\n    file-format: COBERTURAXML\n`,
    },
  },
];

const phases = ['install', 'pre_build', 'build', 'post_build'] as const;

export function checkCommands(root: Node, report: Report): void {
  if (!/powershell|pwsh|cmd/i.test(root.at('env', 'shell')?.text ?? '')) {
    for (const phase of phases) {
      for (const part of ['commands', 'finally']) {
        for (const command of root.at('phases', phase, part)?.items ?? []) checkBlock(command, report);
      }
    }
  }
  checkDeployments(root, report);
  for (const group of root.get('reports')?.members ?? []) checkReport(group, report);
}

function checkBlock(command: Node, report: Report): void {
  const statements = statementsOf(command.text ?? '');
  if (statements === undefined || statements.length < 2) return;
  const hidden = statements.slice(0, -1).find(mayFail);
  if (hidden === undefined) return;
  const [first = ''] = hidden.replace(/^(?:\w+=\S*\s+)+/, '').split(/\s/);
  report({
    rule: 'cb/hidden-failure',
    node: command,
    mark: 'opening',
    message: `Only the exit status of the last command of this block counts: if ${first} fails, the build goes on. Begin the block with set -e.`,
    ...(tests.test(hidden) ? {} : { atMost: 'hint' as const }),
    fixes: (edit) => [edit.fix('Begin with set -e', [beginning(edit, command)])],
  });
}

/**
 * The simple commands of a script that stand beside each other. Undefined where the script says itself what becomes of
 * a failure, or where its structure cannot be told by its lines.
 */
function statementsOf(script: string): string[] | undefined {
  if (!script.trim().includes('\n')) return undefined;
  if (/(^|[\s;])set\s+(-\w*e|-o\s+errexit)|<<|\$\?|\$LASTEXITCODE|^#!/m.test(script)) return undefined;
  const lines = script
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const statements: string[] = [];
  let depth = 0;
  let pending = '';
  for (const line of lines) {
    // A quote that stays open goes on in the next line.
    const whole = pending === '' ? line : `${pending}\n${line}`;
    if (quotesOpen(whole)) {
      pending = whole;
      continue;
    }
    pending = '';
    const outside = depth === 0;
    depth += count(whole, /(^|[;&|]\s*|\b(?:then|do|else)\s+)(if|for|while|until|case)\b|[{(]\s*$/g);
    depth -= count(whole, /(^|[;\s])(fi|done|esac)\b|^[})]/g);
    if (outside && depth === 0 && !/^(if|for|while|until|case|fi|done|esac|[})])/.test(whole)) statements.push(whole);
    else if (outside) statements.push(':');
  }
  return pending === '' ? statements : undefined;
}

function quotesOpen(text: string): boolean {
  const plain = text.replaceAll(/\\./gs, '').replaceAll(/'[^']*'|"[^"]*"/g, '');
  return /['"]/.test(plain.replaceAll(/(^|\s)#.*$/gm, ''));
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** `set -e` as the first line of a block, in its indentation. */
function beginning(edit: Editor, command: Node): TextEdit {
  const { tree } = edit;
  if (/^["']/.test(tree.text.slice(command.start, command.start + 1))) return edit.part(command, 0, 0, 'set -e\n');
  const { start } = tree.within(command, 0, 0);
  const indentation = tree.text.slice(tree.text.lastIndexOf('\n', start - 1) + 1, start);
  return edit.span(start, start, `set -e\n${indentation}`);
}

/** Commands that are there to fail. */
const tests =
  /^((python[\d.]*|poetry run|uv run|pipenv run)\s+(-m\s+)?)?(pytest|unittest|tox|nox|flake8|pylint|mypy|ruff|bandit|cfn-lint)\b|^(npm|yarn|pnpm)\s+(run\s+)?(test|lint)\b|^(make|mvn|gradle|\.\/gradlew|go|cargo|dotnet|bazel)\b.*\b(test|check|verify)\b/;

/** Commands that do not fail, or whose failure does no harm to what comes after them. */
const harmless =
  /^(:|echo|printf|ls|cat|pwd|env|date|sleep|true|set|unset|source|\.|exit|return|mkdir -p|rm -r?f)|^\w+=(?:"(?:[^"`$]|\$(?!\())*"|'[^']*'|(?:[^\s"'`$;&|]|\$(?!\())*)$/;

/** Commands that fail unseen even where `set -e` stands: the status of `export` is its own, and a test asks. */
const unseen = /^export\s+\w+=[^;&]*$|^(?:test\s|\[{1,2}\s)[^&|]*&&/;

function mayFail(statement: string): boolean {
  const isHarmless = unseen.test(statement) || (harmless.test(statement) && !/\|/.test(statement));
  return !isHarmless && !/\|\||&&\s*$|&$/.test(statement) && !/^[\w.-]+\s+--?v(ersion)?$/.test(statement);
}

/** Commands that change what users meet. */
const deploys =
  /\b(aws\s+(cloudformation\s+(deploy|(create|update)-stack|execute-change-set)|lambda\s+(update-function-code|publish-version)|ecs\s+update-service|deploy\s+create-deployment|sagemaker\s+(create|update)-endpoint|elasticbeanstalk\s+update-environment)|sam\s+deploy|cdk\s+deploy|terraform\s+apply|tofu\s+apply|serverless\s+deploy|sls\s+deploy|kubectl\s+(apply|set\s+image|rollout)|helm\s+upgrade|npm\s+publish|twine\s+upload)\b/;

function checkDeployments(root: Node, report: Report): void {
  const build = root.at('phases', 'build');
  if (!build?.get('commands')?.items.length || build.get('on-failure')?.text === 'ABORT') return;
  // What builds nothing before it deploys has nothing that could have failed.
  const commands = root.at('phases', 'post_build', 'commands');
  for (const command of commands?.items ?? []) {
    const text = command.text ?? '';
    if (text.includes('CODEBUILD_BUILD_SUCCEEDING')) return;
    const deployment = deploys.exec(text);
    if (!deployment || !commands) continue;
    const [first] = commands.items;
    report({
      rule: 'cb/deploy-after-failure',
      node: command,
      mark: { from: deployment.index, to: deployment.index + deployment[0].length },
      message: `post_build runs also when the build has failed, and then this deploys. Test CODEBUILD_BUILD_SUCCEEDING before it, or set on-failure: ABORT in the phase build.`,
      fixes: (edit) => [
        first && edit.fix('Stop here after a failed build', [commandBefore(edit, first)]),
        edit.fix('Set on-failure: ABORT in the phase build', [edit.insert(build, 'on-failure', 'ABORT')]),
      ],
    });
    return;
  }
}

/** The test of the build's success as a command before `first`. */
function commandBefore(edit: Editor, first: Node): TextEdit {
  const command = 'test "$CODEBUILD_BUILD_SUCCEEDING" = 1';
  const { tree } = edit;
  const isFlow = tree.text[first.parent?.start ?? 0] === '[';
  if (isFlow) return edit.span(first.start, first.start, `'${command}', `);
  const dash = tree.text.lastIndexOf('-', first.start - 1);
  const indentation = tree.text.slice(tree.text.lastIndexOf('\n', dash) + 1, dash);
  return edit.span(dash, dash, `- ${command}\n${indentation}`);
}

/** What the names of files say of their format. */
const named: readonly (readonly [RegExp, string])[] = [
  [/cobertura|(^|[/_-])coverage[\w.-]*\.xml$/i, 'COBERTURAXML'],
  [/jacoco[\w.-]*\.xml$/i, 'JACOCOXML'],
  [/clover[\w.-]*\.xml$/i, 'CLOVERXML'],
  [/\.trx$/i, 'VISUALSTUDIOTRX'],
  [/junit[\w.-]*\.xml$/i, 'JUNITXML'],
  [/cucumber[\w.-]*\.json$/i, 'CUCUMBERJSON'],
];

function checkReport(group: Node, report: Report): void {
  const format = group.get('file-format');
  if (format && (format.text === undefined || format.text.includes('$'))) return;
  const said = (format?.text ?? 'JUNITXML').toUpperCase();
  for (const name of group.get('files')?.items ?? []) {
    const meant = named.find(([pattern]) => pattern.test(name.text ?? ''))?.[1];
    if (meant === undefined || meant === said) continue;
    // coverage.xml may be of any of the formats of coverage, and JUnit's may be NUnit's or TestNG's.
    if (meant === 'COBERTURAXML' && /CLOVER|JACOCO|SIMPLECOV/.test(said) && !/cobertura/i.test(name.text ?? ''))
      continue;
    if (meant === 'JUNITXML' && /NUNIT|TESTNG/.test(said)) continue;
    report({
      rule: 'cb/report-format',
      node: name,
      message: `The name says ${meant}, and the report is read as ${said}. ${format ? 'Change' : 'Set'} file-format.`,
      fixes: (edit) => [
        edit.fix(`Set file-format to ${meant}`, [
          format ? edit.value(format, meant) : edit.insert(group, 'file-format', meant),
        ]),
      ],
    });
    return;
  }
}
