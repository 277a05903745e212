import { describe, expect, it } from 'vitest';
import { detectLanguage, type Diagnostic, validate } from '../../../../src/definition';
import { edited } from '../marked';
import { testPlaces } from '../places';

const head = 'version: 0.2\n';
const build = 'phases:\n  build:\n    commands: [make]\n';

const runtime = (line: string): string => `${head}phases:\n  install:\n    runtime-versions:\n      ${line}\n`;

testPlaces('buildspec.yml', [
  ['cb/runtime-version', runtime('nodejs: |v20|'), runtime('nodejs: 20.x')],
  ['cb/runtime-version', runtime('python: |python3.12|'), runtime('python: 3.12.4')],
  ['cb/runtime-version', runtime('java: |openjdk17|'), runtime('java: corretto17')],
  ['cb/runtime-version', runtime('golang: |1.11|'), runtime('golang: 1.20')],
  ['cb/runtime-version', runtime('python: |3.99|'), runtime('python: 3.10')],
  ['cb/runtime-version', runtime('ruby: |^3|'), runtime('ruby: latest')],
  ['cb/unknown-member', runtime('|node|: 20'), runtime('nodejs: $NODE')],
  [
    'cb/unknown-member',
    `${head}phases:\n  |post-build|:\n    commands: [make]\n`,
    `${head}phases:\n  post_build:\n    commands: [make]\n`,
  ],
  [
    'cb/missing-member',
    `${head}${build}|artifacts|:\n  name: x\n`,
    `${head}${build}artifacts:\n  name: x\n  files: '**/*'\n`,
  ],
  ['cb/wrong-type', `${head}|phases: []|\n`.replace('|phases: []|', 'phases: |[|]'), `${head}phases: {}\n`],
  [
    'cb/unknown-value',
    `${head}phases:\n  build:\n    on-failure: |STOP|\n    commands: [make]\n`,
    `${head}phases:\n  build:\n    on-failure: RETRY-3-timeout.*\n    commands: [make]\n`,
  ],
  [
    'cb/invalid-value',
    `${head}env:\n  variables:\n    |1ST|: a\n${build}`,
    `${head}env:\n  variables:\n    _1ST: a\n${build}`,
  ],
  [
    'cb/out-of-range',
    `${head}${build}cache:\n  key: a\n  fallback-keys: |[|a, b, c, d, e, f]\n  paths: [x]\n`,
    `${head}${build}cache:\n  key: a\n  fallback-keys: [a, b, c, d, e]\n  paths: [x]\n`,
  ],
  [
    'cb/phase-without-commands',
    `${head}phases:\n  |pre_build|:\n    on-failure: ABORT\n`,
    `${head}phases:\n  install:\n    runtime-versions: {python: 3.12}\n`,
  ],
  [
    'cb/duplicate-build',
    `${head}batch:\n  build-list:\n    - identifier: one\n    - identifier: |one|\n${build}`,
    `${head}batch:\n  build-list:\n    - identifier: one\n    - identifier: One\n${build}`,
  ],
  [
    'cb/duplicate-build',
    `${head}batch:\n  build-graph:\n    - identifier: one\n      depend-on: [|one|]\n${build}`,
    `${head}batch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n      depend-on: [one]\n${build}`,
  ],
  [
    'cb/reserved-variable',
    `${head}env:\n  exported-variables: [|AWS_REGION|]\n${build}`,
    `${head}env:\n  variables: {MY_CODEBUILD_X: a}\n  exported-variables: [MY_AWS_REGION]\n${build}`,
  ],
  [
    'cb/exported-secret',
    `${head}env:\n  parameter-store: {A: /a}\n  exported-variables: [|A|]\n${build}`,
    `${head}env:\n  variables: {A: a}\n  exported-variables: [A]\n${build}`,
  ],
  [
    'cb/secret-reference',
    `${head}env:\n  secrets-manager:\n    T: |a:b:c:d:e|\n${build}`,
    `${head}env:\n  secrets-manager:\n    T: arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-b1c2d3:key::id\n${build}`,
  ],
  [
    'cb/secret-literal',
    `${head}env:\n  variables:\n    DB_PASSWORD: |hunter2|\n${build}`,
    `${head}env:\n  variables:\n    DB_PASSWORD: $OTHER\n    TOKENIZER: bpe\n${build}`,
  ],
  [
    'cb/fallback-without-key',
    `${head}${build}cache:\n  |fallback-keys|: [a]\n  paths: [x]\n`,
    `${head}${build}cache:\n  key: a\n  fallback-keys: [a]\n  paths: [x]\n`,
  ],
  [
    'cb/unknown-build',
    `${head}batch:\n  build-graph:\n    - identifier: a\n      depend-on: [|b|]\n${build}`,
    `${head}batch:\n  build-graph:\n    - identifier: b\n    - identifier: a\n      depend-on: [b]\n${build}`,
  ],
  ['cb/old-version', `version: |0.1|\n${build}`, `version: 0.2\n${build}`],
]);

describe('a block of several commands', () => {
  const problems = (block: string, shell = ''): Diagnostic[] =>
    validate(
      `${head}${shell}phases:\n  build:\n    commands:\n      - |\n${block
        .split('\n')
        .map((line) => `        ${line}`)
        .join('\n')}\n`,
      { path: 'buildspec.yml' },
    );
  const found = (block: string, shell = ''): string[] => problems(block, shell).map(({ rule }) => rule);

  it.each([
    ['a test before a message', 'pytest\necho done'],
    ['a test after a folder', 'cd src\npytest'],
    ['a command over two lines', 'docker build \\\n  -t a .\necho done'],
    ['a pipe', 'cat a | grep b\necho done'],
    ['what is computed', 'V=$(cat VERSION)\necho $V'],
    ['a command with a variable of its own', 'MODE=fast make all\necho done'],
    ['a command behind a test', 'test -d src && cd src\nmake all\necho done'],
    ['a command with text of several lines', 'python -c "import a\nimport b"\necho done'],
  ])('hides a failure: %s', (_what, block) => {
    expect(found(block)).toContain('cb/hidden-failure');
  });

  it.each([
    ['its last command alone fails', 'echo begin\npytest'],
    ['commands are joined', 'cd src && \\\n  pytest'],
    ['they are joined at the end of the line', 'cd src &&\npytest'],
    ['a failure is answered', 'pytest || exit 1\necho done'],
    ['the exit status is looked at', 'pytest\nif [ $? -ne 0 ]; then exit 1; fi'],
    ['it is one condition', 'if [ -f a ]; then\n  pytest\nfi'],
    ['it is one command of several lines', 'python -c "import a\nimport b"'],
    ['set -e is among other options', 'set -euo pipefail\npytest\necho done'],
    ['it has an interpreter of its own', '#!/bin/bash -e\npytest\necho done'],
    ['only values are set', 'export A=b\nexport C="$A"\necho $C'],
    ['values are put together', 'URL="https://$HOST/$PATH"\nNAME=a-$URL\nmake'],
    ['only a test may fail, which set -e lets pass', 'test -d src && cd src\nmake all'],
    ['export hides it even from set -e', 'export V=$(cat VERSION | head -1)\nmake all'],
  ])('hides none where %s', (_what, block) => {
    expect(found(block)).not.toContain('cb/hidden-failure');
  });

  it.each([
    ['python -m pytest\necho done', 'information'],
    ['make -C src test\necho done', 'information'],
    ['docker build .\necho done', 'hint'],
    ['make package\necho done', 'hint'],
  ])('tells it louder where tests are hidden: %j', (block, severity) => {
    expect(problems(block).find(({ rule }) => rule === 'cb/hidden-failure')?.severity).toBe(severity);
  });

  it.each([
    ['HOST="https://$NAME"\nmake all\necho done', 'make'],
    ['export A=b\nMODE=fast make all\necho done', 'make'],
  ])('names the command that may fail: %j', (block, command) => {
    const told = problems(block).find(({ rule }) => rule === 'cb/hidden-failure');
    expect(told?.message).toContain(`if ${command} fails`);
  });

  it('of another shell is left alone', () => {
    expect(found('pytest\necho done', 'env:\n  shell: powershell.exe\n')).not.toContain('cb/hidden-failure');
  });
});

describe('a deployment in post_build', () => {
  const text = (first: string, second: string): string =>
    `${head}phases:\n  build:\n    commands:\n      - make\n  post_build:\n    commands:\n      - ${first}\n      - ${second}\n`;
  const rules = (one: string): string[] => validate(one, { path: 'buildspec.yml' }).map(({ rule }) => rule);

  it.each([
    'sam deploy',
    'aws cloudformation deploy --stack-name a',
    'terraform apply -auto-approve',
    'npx cdk deploy',
  ])('%s is told, and the fixes help', (command) => {
    const before = text('echo done', command);
    const found = validate(before, { path: 'buildspec.yml' }).find(({ rule }) => rule === 'cb/deploy-after-failure');
    expect(found?.fixes).toHaveLength(2);
    for (const fix of found?.fixes ?? []) expect(rules(edited(before, fix.edits))).toEqual([]);
  });

  it('is right after a test of success, without a build, and where nothing is deployed', () => {
    expect(rules(text('test "$CODEBUILD_BUILD_SUCCEEDING" = 1', 'sam deploy'))).toEqual([]);
    expect(rules(text('echo sam', 'sam package'))).toEqual([]);
    expect(rules(`${head}phases:\n  post_build:\n    commands: [sam deploy]\n`)).toEqual([]);
  });

  it('is told in a list on one line, too', () => {
    const before = `${head}phases:\n  build:\n    commands: [make]\n  post_build:\n    commands: [sam deploy]\n`;
    const [found] = validate(before, { path: 'buildspec.yml' });
    expect(found?.rule).toBe('cb/deploy-after-failure');
    for (const fix of found?.fixes ?? []) expect(rules(edited(before, fix.edits))).toEqual([]);
  });
});

describe('the format of a report', () => {
  const rules = (report: string): string[] =>
    validate(`${head}${build}reports:\n  r:\n${report}`, { path: 'buildspec.yml' }).map(({ rule }) => rule);

  it.each([
    ['coverage read as JUnit', '    files: [out/coverage.xml]\n'],
    ['JUnit read as coverage', '    files: [junit.xml]\n    file-format: CLOVERXML\n'],
    ['JaCoCo read as Cobertura', "    files: ['**/jacoco.xml']\n    file-format: COBERTURAXML\n"],
    ['JSON of Cucumber read as JUnit', '    files: [cucumber-report.json]\n'],
  ])('is told: %s', (_what, report) => {
    expect(rules(report)).toEqual(['cb/report-format']);
  });

  it.each([
    ['named as it is', '    files: [coverage.xml]\n    file-format: CoberturaXml\n'],
    ['coverage of another kind', '    files: [coverage.xml]\n    file-format: CLOVERXML\n'],
    ['a pattern', "    files: ['**/*']\n"],
    ['filled in later', '    files: [coverage.xml]\n    file-format: $FORMAT\n'],
  ])('is right: %s', (_what, report) => {
    expect(rules(report)).not.toContain('cb/report-format');
  });
});

describe('runtimes beside the image of the project', () => {
  const problems = (image: string, line: string): string[] =>
    validate(
      JSON.stringify({
        Resources: {
          Build: {
            Type: 'AWS::CodeBuild::Project',
            Properties: { Environment: { Image: image }, Source: { BuildSpec: runtime(line) } },
          },
        },
      }),
      { path: 'template.json' },
    ).map(({ rule, severity, message }) => `${severity} ${rule}: ${message.split('.')[0] ?? ''}`);

  it.each([
    ['aws/codebuild/standard:7.0', 'python: 3.12', []],
    ['aws/codebuild/amazonlinux2-x86_64-standard:5.0', 'python: 3.12', []],
    [
      'my/own:1',
      'python: 2.7',
      ['information cb/runtime-version: No image of CodeBuild that is known here has python 2'],
    ],
    [
      'aws/codebuild/standard:8.0',
      'python: 3.9',
      ['information cb/runtime-version: The image aws/codebuild/standard:8'],
    ],
    ['aws/codebuild/standard:7.0', 'android: 29', ['error cb/runtime-version: The image aws/codebuild/standard:7']],
    [
      'aws/codebuild/standard:4.0',
      'python: 3.12',
      [
        'information cfn/build-image: This image is no longer kept up',
        'error cb/runtime-version: The image aws/codebuild/standard:4',
      ],
    ],
    ['aws/codebuild/standard:99.0', 'python: 3.12', ['information cfn/build-image: No such image is known here']],
    ['aws/codebuild/windows-base:2022-1.0', 'python: 3.12', []],
  ])('%s with %s', (image, line, wanted) => {
    expect(problems(image, line)).toEqual(wanted);
  });
});

it("a build specification of Amplify is none of CodeBuild's", () => {
  const amplify = 'version: 1\nfrontend:\n  phases:\n    build:\n      commands:\n        - npm run build\n';
  expect(detectLanguage(amplify, 'buildspec.yml')).toBeUndefined();
  expect(detectLanguage(`version: 0.2\nfrontend: {}\n${build}`, 'buildspec.yml')).toBe('buildspec');
});
