/** The shape of a buildspec, version 0.2. */
import {
  any,
  choice,
  closed,
  flag,
  list,
  map,
  object,
  type ObjectShape,
  oneOf,
  oneOfAnyCase,
  optional,
  required,
  text,
} from '../shape/shape';
import { table } from '../table';
import { runtimes } from './runtimes';

/** A text, which YAML writes as a number or a boolean too. */
const word = text({ loose: true });
const words = list(word);
const yesNo = choice(oneOf('yes', 'no'), flag);
const variables = map(choice(word), {
  key: text({ pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, wants: 'letters, digits and _, not beginning with a digit' }),
});

/** The runtimes of the images. Which versions there are depends on the image, so that no value is wrong by itself. */
const versions = object(
  Object.fromEntries(
    [...runtimes].map(([name, values]) => [name, optional(text({ loose: true, values, orMatching: /^/ }))]),
  ),
);

const onFailure = text({
  values: ['ABORT', 'CONTINUE', 'RETRY'],
  orMatching: /^RETRY-(100|[1-9]?\d)(-.+)?$|^RETRY-.+$/,
});

const phase = {
  'run-as': optional(word, 'The Linux user that runs the commands.'),
  'on-failure': optional(onFailure, 'What happens when a command fails: ABORT, CONTINUE or RETRY.'),
  commands: optional(choice(list(word), text()), 'The commands, run one after the other.'),
  finally: optional(choice(list(word), text()), 'Commands that run in any case, after the others.'),
  steps: optional(any),
};

const files = required(choice(list(word), text()), 'Which files, as paths or patterns.');

const artifact = {
  name: optional(word, 'The name of the artifact.'),
  'discard-paths': optional(yesNo, 'Whether the files are stored without their folders.'),
  'base-directory': optional(word, 'The folder that the patterns are relative to.'),
  'exclude-paths': optional(choice(list(word), text())),
  'enable-symlinks': optional(yesNo),
  's3-prefix': optional(word),
  type: optional(word, 'Without effect; older templates have it.'),
};

const report = object({
  files,
  'base-directory': optional(word),
  'discard-paths': optional(yesNo),
  'file-format': optional(
    oneOfAnyCase(
      'CUCUMBERJSON',
      'JUNITXML',
      'NUNITXML',
      'NUNIT3XML',
      'TESTNGXML',
      'VISUALSTUDIOTRX',
      'CLOVERXML',
      'COBERTURAXML',
      'JACOCOXML',
      'SIMPLECOV',
    ),
    'How the report is written; JUNITXML where it is not given.',
  ),
});

const environment = object({
  shell: optional(
    text({ values: ['bash', '/bin/sh', 'powershell.exe', 'cmd.exe'], closed: true }),
    'The shell of the commands.',
  ),
  variables: optional(variables, 'Plain environment variables: never for secrets.'),
  'parameter-store': optional(variables, 'Variables from Systems Manager Parameter Store.'),
  'secrets-manager': optional(
    variables,
    'Variables from Secrets Manager, as secret-id:json-key:version-stage:version-id.',
  ),
  'exported-variables': optional(words, 'Variables that later actions of a pipeline can read.'),
  'git-credential-helper': optional(yesNo),
});

const batchItem = {
  identifier: required(
    text({ pattern: /^[A-Za-z0-9_]+$/, wants: 'letters, digits and _', max: 128 }),
    'The name of the build in the batch.',
  ),
  buildspec: optional(text()),
  'debug-session': optional(flag),
  env: optional(any),
  'ignore-failure': optional(flag),
};

const batch = object({
  'fast-fail': optional(flag, 'Stops the batch when one build fails.'),
  'build-list': optional(list(object(batchItem), { min: 1, of: 'build' })),
  'build-matrix': optional(object({ static: optional(any), dynamic: optional(any) })),
  'build-graph': optional(
    list(object({ ...batchItem, 'depend-on': optional(words, 'Builds of the graph that must have succeeded.') }), {
      min: 1,
      of: 'build',
    }),
  ),
  'build-fanout': optional(any),
});

/** A whole buildspec. */
export const buildspec: ObjectShape = {
  ...object({
    version: required(text({ loose: true, values: ['0.2', '0.1'] }), 'The version of the language: 0.2.'),
    'run-as': optional(word, 'The Linux user that runs all commands.'),
    env: optional(environment, 'Environment variables and the shell.'),
    proxy: optional(object({ 'upload-artifacts': optional(yesNo), logs: optional(yesNo) })),
    batch: optional(batch, 'Several builds at once.'),
    phases: required(
      closed({
        install: optional(
          object({
            ...phase,
            'runtime-versions': optional(versions, 'Versions of the runtimes of the image: python: 3.12.'),
          }),
          'Installs what the build needs.',
        ),
        pre_build: optional(object(phase), 'Runs before the build.'),
        build: optional(object(phase), 'The build.'),
        post_build: optional(object(phase), 'Runs after the build, also when it has failed.'),
      }),
      'What the build does, phase by phase.',
    ),
    reports: optional(map(report, { max: 5 }), 'Test reports by report group; at most five.'),
    artifacts: optional(
      object({
        // Not needed beside secondary artifacts.
        files: { ...files, required: false },
        ...artifact,
        'secondary-artifacts': optional(map(object({ files, ...artifact })), 'More artifacts by identifier.'),
      }),
      'What the build leaves behind.',
    ),
    cache: optional(
      object({
        key: optional(word),
        'fallback-keys': optional(list(word, { max: 5, of: 'key' })),
        action: optional(oneOf('restore', 'save')),
        paths: required(words, 'What is kept for the next build.'),
      }),
      'Files that are kept from build to build.',
    ),
  }),
  elsewhere: table({
    commands: 'in a phase',
    finally: 'in a phase, beside its commands',
    'on-failure': 'in a phase',
    'runtime-versions': 'in phases.install',
    install: 'under phases',
    pre_build: 'under phases',
    build: 'under phases',
    post_build: 'under phases',
    variables: 'under env',
    'secrets-manager': 'under env',
    'parameter-store': 'under env',
    'secondary-artifacts': 'under artifacts',
  }),
};
