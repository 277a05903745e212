/** What a buildspec asks for beyond its shape. */
import { nearestName } from '../near';
import type { Level, Report, Rule } from '../rule';
import type { CommonExamples } from '../shape/rules';
import type { Node } from '../tree';
import { checkCommands, commandRules } from './commands';

const file = 'buildspec.yml';

function rule(name: string, level: Level, title: string, explanation: string, bad: string, good: string): Rule {
  return { id: `cb/${name}`, level, title, explanation, example: { frame: 'document', bad, good, file } };
}

const head = 'version: 0.2\n';
const build = 'phases:\n  build:\n    commands:\n      - make\n';

export const commonExamples: CommonExamples = {
  frame: 'document',
  file,
  syntax: [`${head}phases:\n  build:\n    commands: [make\n`, `${head}${build}`],
  duplicateKey: [`${head}version: 0.1\n${build}`, `${head}${build}`],
  unknownMember: [
    `${head}phases:\n  prebuild:\n    commands:\n      - make\n`,
    `${head}phases:\n  pre_build:\n    commands:\n      - make\n`,
  ],
  missingMember: [build, `${head}${build}`],
  wrongType: [`${head}phases:\n  - build\n`, `${head}${build}`],
  unknownValue: [`version: 2\n${build}`, `${head}${build}`],
  invalidValue: [
    `${head}env:\n  variables:\n    MY-KEY: a\n${build}`,
    `${head}env:\n  variables:\n    MY_KEY: a\n${build}`,
  ],
  outOfRange: [
    `${head}${build}cache:\n  key: a\n  fallback-keys: [b, c, d, e, f, g]\n  paths: [x]\n`,
    `${head}${build}cache:\n  key: a\n  fallback-keys: [b, c]\n  paths: [x]\n`,
  ],
};

export const ownRules: readonly Rule[] = [
  rule(
    'phase-without-commands',
    'error',
    'A phase without commands',
    'The phases pre_build, build and post_build need `commands`. Only install may do with `runtime-versions` alone.',
    `${head}phases:\n  build:\n    on-failure: ABORT\n`,
    `${head}${build}`,
  ),
  rule(
    'runtime-version',
    'error',
    'A runtime version that the image does not have',
    'Each image of CodeBuild has its own versions. Newer images install another version in each build, which takes time; older ones end the build with "Unknown runtime version". The table is made from the public repository of the images, so that a newer version is information only.',
    `${head}phases:\n  install:\n    runtime-versions:\n      nodejs: v18\n`,
    `${head}phases:\n  install:\n    runtime-versions:\n      nodejs: 18\n`,
  ),
  rule(
    'reserved-variable',
    'error',
    'A variable of a reserved name',
    'Names that begin with `CODEBUILD_` belong to CodeBuild. Exported variables must not begin with `AWS_`.',
    `${head}env:\n  variables:\n    CODEBUILD_STAGE: dev\n${build}`,
    `${head}env:\n  variables:\n    STAGE: dev\n${build}`,
  ),
  rule(
    'exported-secret',
    'error',
    'A secret among the exported variables',
    'Variables from the Parameter Store or Secrets Manager cannot be exported: everybody who may see the pipeline could read them.',
    `${head}env:\n  secrets-manager:\n    TOKEN: my/secret:token\n  exported-variables:\n    - TOKEN\n${build}`,
    `${head}env:\n  secrets-manager:\n    TOKEN: my/secret:token\n  exported-variables:\n    - VERSION\n${build}`,
  ),
  rule(
    'secret-reference',
    'error',
    'A reference to a secret that is not valid',
    'A secret is named as `secret-id:json-key:version-stage:version-id`, where all but the first part may be left out, and either the stage or the id of a version is given.',
    `${head}env:\n  secrets-manager:\n    TOKEN: my/secret:token:AWSCURRENT:11111111-2222-3333-4444-555555555555\n${build}`,
    `${head}env:\n  secrets-manager:\n    TOKEN: my/secret:token:AWSCURRENT\n${build}`,
  ),
  rule(
    'secret-literal',
    'warning',
    'A secret among the plain variables',
    'Plain variables are shown in the console and the logs. Keep secrets in Secrets Manager and name them under `secrets-manager`.',
    `${head}env:\n  variables:\n    AWS_SECRET_ACCESS_KEY: abcdefghijklmnopqrstuvwxyz0123456789ABCD\n${build}`,
    `${head}env:\n  secrets-manager:\n    API_TOKEN: my/secret:token\n${build}`,
  ),
  rule(
    'fallback-without-key',
    'error',
    'Fallback keys of a cache without a key',
    '`fallback-keys` are tried when there is no cache under `key`, so `key` must be given.',
    `${head}${build}cache:\n  fallback-keys:\n    - pip-\n  paths:\n    - .cache/pip/**/*\n`,
    `${head}${build}cache:\n  key: pip-1\n  fallback-keys:\n    - pip-\n  paths:\n    - .cache/pip/**/*\n`,
  ),
  rule(
    'unknown-build',
    'error',
    'A build of a graph waits for one that does not exist',
    '`depend-on` names other builds of the same graph by their identifiers, which are unique.',
    `${head}batch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n      depend-on:\n        - on\n${build}`,
    `${head}batch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n      depend-on:\n        - one\n${build}`,
  ),
  rule(
    'duplicate-build',
    'error',
    'Two builds of a batch with one identifier',
    'Each build of a batch is called by its identifier: in `depend-on`, and in the variable that holds its state. It is unique in the batch, and no build waits for itself.',
    `${head}batch:\n  build-graph:\n    - identifier: one\n    - identifier: one\n      env:\n        compute-type: BUILD_GENERAL1_SMALL\n${build}`,
    `${head}batch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n      env:\n        compute-type: BUILD_GENERAL1_SMALL\n${build}`,
  ),
  rule(
    'old-version',
    'information',
    'The old version of the language',
    'In version 0.1 each command runs in a shell of its own, so a changed directory or variable is forgotten. Use 0.2.',
    `version: 0.1\n${build}`,
    `${head}${build}`,
  ),
  ...commandRules,
];

/** Checks what shapes cannot say. */
export function checkOwn(root: Node, report: Report): void {
  checkVersion(root.get('version'), report);
  for (const name of ['pre_build', 'build', 'post_build']) {
    const phase = root.at('phases', name);
    if (phase?.kind !== 'object' || phase.get('commands') || phase.get('steps')) continue;
    report({
      rule: 'cb/phase-without-commands',
      node: phase,
      mark: 'key',
      message: `The phase ${name} needs commands.`,
    });
  }
  checkVariables(root.get('env'), report);
  const artifacts = root.get('artifacts');
  if (artifacts?.kind === 'object' && !artifacts.get('files') && !artifacts.get('secondary-artifacts')) {
    report({
      rule: 'cb/missing-member',
      node: artifacts,
      mark: 'opening',
      message: 'files is missing. Say which files, as paths or patterns, or name secondary-artifacts.',
      fixes: (edit) => [edit.fix('Add files', [edit.insert(artifacts, 'files', ['**/*'])])],
    });
  }
  const cache = root.get('cache');
  const fallback = cache?.get('fallback-keys');
  if (fallback && !cache?.get('key')) {
    report({
      rule: 'cb/fallback-without-key',
      node: fallback,
      mark: 'key',
      message: 'fallback-keys need a key. Add key to the cache.',
    });
  }
  for (const list of ['build-list', 'build-graph']) checkIdentifiers(root.at('batch', list), report);
  checkGraph(root.at('batch', 'build-graph'), report);
  checkCommands(root, report);
}

function checkVersion(version: Node | undefined, report: Report): void {
  if (!version || String(version.value) !== '0.1') return;
  report({
    rule: 'cb/old-version',
    node: version,
    message: 'In version 0.1 each command runs in a shell of its own. Use 0.2.',
    fixes: (edit) => [edit.fix('Change to 0.2', [edit.span(version.start, version.end, '0.2')])],
  });
}

function checkVariables(env: Node | undefined, report: Report): void {
  const secret = new Set<string>();
  for (const group of ['variables', 'parameter-store', 'secrets-manager']) {
    for (const variable of env?.get(group)?.members ?? []) {
      const name = String(variable.key);
      if (name.startsWith('CODEBUILD_')) {
        report({
          rule: 'cb/reserved-variable',
          node: variable,
          mark: 'key',
          message: 'Names that begin with CODEBUILD_ belong to CodeBuild. Choose another name.',
        });
      }
      if (group !== 'variables') secret.add(name);
      if (group === 'variables' && looksSecret(name, variable.text)) {
        report({
          rule: 'cb/secret-literal',
          node: variable,
          message: `${name} looks like a secret, and plain variables are shown in the console. Keep it in Secrets Manager.`,
        });
      }
      if (group === 'secrets-manager') checkReference(variable, report);
    }
  }
  for (const name of env?.get('exported-variables')?.items ?? []) {
    const text = name.text ?? '';
    if (text.startsWith('AWS_')) {
      report({
        rule: 'cb/reserved-variable',
        node: name,
        message: 'Variables that begin with AWS_ cannot be exported.',
      });
    } else if (secret.has(text)) {
      report({
        rule: 'cb/exported-secret',
        node: name,
        message: `${text} is a secret and cannot be exported. Remove it.`,
        // Not every parameter is a secret.
        ...(env?.get('secrets-manager')?.get(text) ? {} : { atMost: 'warning' as const }),
      });
    }
  }
}

function looksSecret(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value.startsWith('$')) return false;
  return (
    /(SECRET|PASSWORD|PASSWD|PRIVATE_KEY|ACCESS_KEY|API_?KEY|(^|_)TOKEN$)/i.test(name) ||
    /\bAKIA[0-9A-Z]{16}\b/.test(value)
  );
}

function checkReference(variable: Node, report: Report): void {
  const value = variable.text;
  if (value === undefined || value.includes('$')) return;
  // The id may be an ARN, which has six colons of its own.
  const parts = value.startsWith('arn:') ? ['arn', ...value.split(':').slice(7)] : value.split(':');
  const why =
    parts.length > 4
      ? 'A secret is named as secret-id:json-key:version-stage:version-id.'
      : parts[2] && parts[3]
        ? 'Give either the stage or the id of a version, not both.'
        : undefined;
  if (why) report({ rule: 'cb/secret-reference', node: variable, message: why });
}

function checkIdentifiers(builds: Node | undefined, report: Report): void {
  const first = new Map<string, Node>();
  for (const item of builds?.items ?? []) {
    const identifier = item.get('identifier');
    if (identifier?.text === undefined) continue;
    const other = first.get(identifier.text);
    if (!other) first.set(identifier.text, identifier);
    else {
      report({
        rule: 'cb/duplicate-build',
        node: identifier,
        message: `There is already a build '${identifier.text}' in this batch. Choose another identifier.`,
        related: [{ node: other, message: 'The first one.' }],
      });
    }
  }
}

function checkGraph(graph: Node | undefined, report: Report): void {
  const names = new Set((graph?.items ?? []).flatMap((item) => item.get('identifier')?.text ?? []));
  for (const item of graph?.items ?? []) {
    for (const dependency of item.get('depend-on')?.items ?? []) {
      const name = dependency.text;
      if (name === undefined) continue;
      if (name === item.get('identifier')?.text) {
        report({
          rule: 'cb/duplicate-build',
          node: dependency,
          message: `The build '${name}' waits for itself. Remove it from depend-on.`,
          fixes: (edit) => [edit.fix('Remove it', [edit.remove(dependency)], true)],
        });
        continue;
      }
      if (names.has(name)) continue;
      const near = nearestName(name, names);
      report({
        rule: 'cb/unknown-build',
        node: dependency,
        message: `There is no build '${name}' in this graph.${near ? ` Did you mean '${near}'?` : ''}`,
        fixes: (edit) => [
          near ? edit.fix(`Change to '${near}'`, [edit.span(dependency.start, dependency.end, near)], true) : undefined,
        ],
      });
    }
  }
}
