import { testPlaces } from '../places';

const head = 'version: 0.2\n';
const build = 'phases:\n  build:\n    commands: [make]\n';

testPlaces('buildspec.yml', [
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
