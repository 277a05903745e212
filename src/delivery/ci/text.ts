/**
 * A workflow of GitHub Actions, a buildspec of CodeBuild and a Jenkinsfile that check, run and deploy a pipeline by the
 * command line, from what its project has. Pure.
 */

export const ciKinds = ['github', 'codebuild', 'jenkins'] as const;
export type CiKind = (typeof ciKinds)[number];

/** What each kind is called, and where its file is looked for. */
export const ciFiles: Readonly<Record<CiKind, { title: string; path(name: string): string }>> = {
  github: { title: 'Workflow of GitHub Actions', path: (name) => `.github/workflows/${name}.yml` },
  codebuild: { title: 'Buildspec of CodeBuild', path: (name) => `${name}.buildspec.yml` },
  jenkins: { title: 'Jenkinsfile', path: () => 'Jenkinsfile' },
};

/** What a project has, as far as a build server needs to know. */
export interface CiProject {
  /** Letters, digits and hyphens: what files and the workflow are called. */
  name: string;
  /** What `mlops-flow run` is given, and which pipeline where the file makes several. */
  target: string;
  pipeline?: string;
  /** The files of which pip installs. */
  requirements: readonly string[];
  /** What names the version of Python; the newest that SageMaker's images have, where nothing does. */
  pythonVersionFile?: string;
  /** Arguments of the maker that nothing gives a value: they are variables of the build. */
  open: readonly string[];
  /** The project's own runner with its words, in which variables are `${NAME}`: it starts the pipeline in the account. */
  runner?: { module: string; words: readonly string[] };
  /** The group of the models that the pipeline registers. */
  group?: string;
  /** Environments with a deployment that a build server reaches, in their order. */
  deployments: readonly string[];
  /** The branches that are built; the first is what is deployed. */
  branches: readonly string[];
  hasGates: boolean;
  /** What npm installs the command line from: `./mlops-flow-0.1.0.tgz`. */
  package: string;
}

const packageNote =
  'The command line is on no registry: commit the archive that npm pack makes in its source, or give an address of it.';
const pythonVersion = '3.11';

/** A word for a shell, in which `${NAME}` stays a variable. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/\$\{\w+\}/.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word.replace(/["`\\]|\$(?!\{\w+\})/g, (one) => `\\${one}`);
  return `"${escaped}"`;
}

/** The names of the variables in words. */
function variablesIn(words: readonly string[]): string[] {
  const names = words.flatMap((word) => Array.from(word.matchAll(/\$\{(\w+)\}/g), ([, name = '']) => name));
  return [...new Set(names)];
}

function variableOf(argument: string): string {
  return argument.replace(/\W+/g, '_').toUpperCase();
}

/** The commands of each part of a build. */
interface Commands {
  install: string[];
  check: string[];
  /** Starts the pipeline in the account. */
  start: string[];
  deploy: { environment: string; commands: string[] }[];
  /** Variables that the build has to give, beside those of AWS. */
  variables: string[];
}

export function commandsOf(project: CiProject): Commands {
  const { target, pipeline, requirements, open, runner, group, deployments, hasGates } = project;
  const words = [
    'mlops-flow',
    'run',
    target,
    ...(pipeline === undefined ? [] : ['--pipeline', pipeline]),
    ...open.flatMap((name) => ['--arg', `${name}=\${${variableOf(name)}}`]),
    '--follow',
  ];
  return {
    install: [
      'npm install --global "$MLOPS_FLOW"',
      ...requirements.map((file) =>
        file.endsWith('.txt') ? `python -m pip install -r ${shellWord(file)}` : 'python -m pip install .',
      ),
    ],
    check: [
      'mlops-flow validate',
      words.map(shellWord).join(' '),
      ...(hasGates ? ['mlops-flow gate --connection environment'] : []),
    ],
    start: runner ? [['python', '-m', runner.module, ...runner.words].map(shellWord).join(' ')] : [],
    deploy:
      group === undefined
        ? []
        : deployments.map((environment) => ({
            environment,
            commands: [`mlops-flow deploy ${shellWord(group)} --to ${shellWord(environment)} --wait`],
          })),
    variables: [...new Set([...open.map(variableOf), ...variablesIn(runner?.words ?? [])])].filter(
      (name) => !/^AWS_(DEFAULT_)?REGION$/.test(name),
    ),
  };
}

/** The text of a file. */
export function ciText(kind: CiKind, project: CiProject): string {
  const text = { github: workflow, codebuild: buildspec, jenkins: jenkinsfile }[kind](project, commandsOf(project));
  return `${text.join('\n')}\n`;
}

/** A scalar of YAML in double quotes, as JSON writes it. */
const quoted = (text: string): string => JSON.stringify(text);

function indented(lines: readonly string[], by: number): string[] {
  return lines.map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`));
}

/** Steps of a job, each with one command: the one that fails is named. */
function runSteps(commands: readonly string[]): string[] {
  return commands.flatMap((command) => ['- run: |', `    ${command}`]);
}

function workflow(project: CiProject, commands: Commands): string[] {
  const { branches, pythonVersionFile } = project;
  const [main = 'main'] = branches;
  const setUp = [
    '- uses: actions/checkout@v4',
    '  with:',
    // Gates and provenance need the history.
    '    fetch-depth: 0',
    '- uses: actions/setup-node@v4',
    '  with:',
    '    node-version: 22',
    '- uses: actions/setup-python@v5',
    '  with:',
    pythonVersionFile === undefined
      ? `    python-version: "${pythonVersion}"`
      : `    python-version-file: ${quoted(pythonVersionFile)}`,
    ...runSteps(commands.install),
  ];
  const account = [
    '- uses: aws-actions/configure-aws-credentials@v4',
    '  with:',
    '    role-to-assume: ${{ vars.AWS_ROLE_ARN }}',
    '    aws-region: ${{ vars.AWS_REGION }}',
  ];
  const permissions = ['permissions:', '  contents: read', '  id-token: write'];
  const job = (name: string, head: readonly string[], steps: readonly string[]): string[] => [
    '',
    `  ${name}:`,
    ...indented(head, 4),
    '    runs-on: ubuntu-latest',
    '    steps:',
    ...indented(steps, 6),
  ];
  const onMain = `if: github.ref == ${quoted(`refs/heads/${main}`).replaceAll('"', "'")}`;
  // Gates ask the account for its runs and models.
  const isAsked = project.hasGates;
  const jobs = job('check', isAsked ? permissions : [], [
    ...setUp,
    ...(isAsked ? account : []),
    ...runSteps(commands.check),
  ]);
  let before = 'check';
  if (commands.start.length > 0) {
    jobs.push(
      ...job(
        'start',
        [`needs: ${before}`, onMain, ...permissions],
        [...setUp, ...account, ...runSteps(commands.start)],
      ),
    );
    before = 'start';
  }
  for (const { environment, commands: deploy } of commands.deploy) {
    const name = `deploy-${environment.replace(/[^\w-]+/g, '-')}`;
    const head = [`needs: ${before}`, onMain, `environment: ${quoted(environment)}`, ...permissions];
    jobs.push(...job(name, head, [...setUp, ...account, ...runSteps(deploy)]));
    before = name;
  }
  return [
    `name: ${quoted(project.name)}`,
    '',
    'on:',
    '  push:',
    `    branches: [${branches.map(quoted).join(', ')}]`,
    '  pull_request:',
    '',
    'permissions:',
    '  contents: read',
    '',
    'env:',
    `  # ${packageNote}`,
    `  MLOPS_FLOW: ${quoted(project.package)}`,
    ...commands.variables.map((name) => `  ${name}: \${{ vars.${name} }}`),
    '',
    'jobs:',
    ...jobs.slice(1),
  ];
}

function buildspec(project: CiProject, commands: Commands): string[] {
  const block = (list: readonly string[]): string[] => list.flatMap((command) => ['      - |', `        ${command}`]);
  const [main = 'main'] = project.branches;
  const inAccount = [...commands.start, ...commands.deploy.flatMap(({ commands: deploy }) => deploy)];
  return [
    'version: 0.2',
    '',
    'env:',
    '  variables:',
    `    # ${packageNote}`,
    `    MLOPS_FLOW: ${quoted(project.package)}`,
    ...(commands.variables.length > 0
      ? [`    # The project or the start of the build gives ${commands.variables.join(', ')}.`]
      : []),
    '',
    'phases:',
    '  install:',
    '    runtime-versions:',
    '      nodejs: 22',
    `      python: ${pythonVersion}`,
    '    commands:',
    ...block(commands.install),
    '  build:',
    '    commands:',
    ...block(commands.check),
    ...(inAccount.length === 0
      ? []
      : inAccount.flatMap((command) => [
          '      - |',
          `        if [ "$CODEBUILD_WEBHOOK_HEAD_REF" = ${shellWord(`refs/heads/${main}`)} ]; then`,
          `          ${command}`,
          '        fi',
        ])),
  ];
}

/** A string of Groovy that changes nothing in it. */
function groovy(text: string): string {
  return `'${text.replace(/[\\']/g, (one) => `\\${one}`)}'`;
}

function jenkinsfile(project: CiProject, commands: Commands): string[] {
  const [main = 'main'] = project.branches;
  const steps = (list: readonly string[]): string[] => list.map((command) => `                sh ${groovy(command)}`);
  const stage = (name: string, list: readonly string[], onlyMain = false): string[] => [
    `        stage(${groovy(name)}) {`,
    ...(onlyMain ? [`            when { branch ${groovy(main)} }`] : []),
    '            steps {',
    ...steps(list),
    '            }',
    '        }',
  ];
  return [
    '// The agent has Node 20 or newer, Python and, where something is deployed, the credentials of its account.',
    ...(commands.variables.length > 0 ? [`// It gives ${commands.variables.join(', ')}.`] : []),
    'pipeline {',
    '    agent any',
    '    environment {',
    `        // ${packageNote}`,
    `        MLOPS_FLOW = ${groovy(project.package)}`,
    '    }',
    '    stages {',
    ...stage('Install', commands.install),
    ...stage('Check', commands.check),
    ...(commands.start.length > 0 ? stage('Start', commands.start, true) : []),
    ...commands.deploy.flatMap(({ environment, commands: deploy }) => stage(`Deploy to ${environment}`, deploy, true)),
    '    }',
    '}',
  ];
}
