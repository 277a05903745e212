/** Kinds of buildspecs as projects have them: each ends as the service would end it, with the tools that it calls as programs of its source. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuildBed, printed } from './build-bed';
import { Bed, bucket } from './support';

let bed: Bed;
let build: BuildBed;
beforeAll(async () => {
  bed = await Bed.start();
  build = new BuildBed(bed);
});
afterAll(async () => {
  await bed.stop();
  rmSync(bed.folder, { recursive: true, force: true });
});

/** A program that prints its name and each argument in brackets, and what it is given to read. */
const echo = '#!/bin/sh\nprintf "%s" "$(basename "$0")"; printf " [%s]" "$@"; echo\n';
/** Programs that projects call; they stand in the source, and are found by the path that a buildspec's env gives. */
const tools = {
  'bin/aws': echo,
  'bin/docker': `${echo}case "$1" in login) cat >/dev/null ;; esac\n`,
  'bin/pip': echo,
  'bin/npm': echo,
  'bin/run-pipeline': echo,
};
const withTools = 'chmod +x bin/*; PATH="$CODEBUILD_SRC_DIR/bin:$PATH"';

interface Kind {
  spec: string;
  files?: Record<string, string>;
  /** What its commands print, or a part of it. */
  prints?: string[];
  /** Names of its artifacts. */
  artifacts?: string[];
  env?: Record<string, string>;
}

const succeeding: Record<string, Kind> = {
  'a pipeline in Python that is run by a module, with JSON in quotes over several lines': {
    spec: `version: 0.2

phases:
  install:
    runtime-versions:
      python: 3.8
    commands:
      - ${withTools}
      - pip install --upgrade --force-reinstall . "awscli>1.20.30"
  build:
    commands:
      - export PYTHONUNBUFFERED=TRUE
      - export NAME_ID="\${PROJECT_NAME}-\${PROJECT_ID}"
      - |
        run-pipeline --module-name pipelines.rows.pipeline \\
          --role-arn $ROLE_ARN \\
          --tags "[{\\"Key\\":\\"project-name\\", \\"Value\\":\\"\${PROJECT_NAME}\\"}]" \\
          --kwargs "{\\"region\\":\\"\${AWS_REGION}\\",\\"prefix\\":\\"\${NAME_ID}\\"}"
      - echo "Created."
`,
    env: { PROJECT_NAME: 'birds', PROJECT_ID: 'p-1', ROLE_ARN: 'arn:role' },
    prints: [
      'pip [install] [--upgrade] [--force-reinstall] [.] [awscli>1.20.30]',
      'run-pipeline [--module-name] [pipelines.rows.pipeline] [--role-arn] [arn:role] [--tags] [[{"Key":"project-name", "Value":"birds"}]] [--kwargs] [{"region":"us-east-1","prefix":"birds-p-1"}]',
      'Created.',
    ],
  },
  'an image that is built and pushed, its name filled into files': {
    spec: `version: 0.2
phases:
  pre_build:
    commands:
      - ${withTools}
      - echo Signing in...
      - aws ecr get-login-password --region $AWS_DEFAULT_REGION | docker login --username AWS --password-stdin 1.dkr
  build:
    commands:
      - echo Started on \`echo Monday\`
      - docker build -t $IMAGE:$TAG .
  post_build:
    commands:
      - docker push $IMAGE:$TAG
      - sed -i "s|IMAGE_NAME|\${IMAGE}:\${TAG}|g" task.json
      - cat task.json && printf '[{"name":"app","imageUri":"%s"}]' $IMAGE:$TAG > imagedefinitions.json
artifacts:
  files:
    - "task.json"
    - imagedefinitions.json
`,
    files: { 'task.json': '{"image": "IMAGE_NAME"}\n' },
    env: { IMAGE: '1.dkr/app', TAG: 'latest' },
    prints: ['Started on Monday', 'docker [build] [-t] [1.dkr/app:latest] [.]', '{"image": "1.dkr/app:latest"}'],
    artifacts: ['imagedefinitions.json', 'task.json'],
  },
  'an application in a folder of its own, whose files go up again': {
    spec: `version: 0.2
phases:
  pre_build:
    commands:
      - cd app
      - ls
  build:
    commands:
      - cp appspec.yaml ../
      - cd ..
      - test -f appspec.yaml
artifacts: {files: [appspec.yaml]}
`,
    files: { 'app/appspec.yaml': 'version: 0.0\n' },
    prints: ['appspec.yaml'],
    artifacts: ['appspec.yaml'],
  },
  'credentials of another account, exported in one line, under set -e': {
    spec: `version: 0.2
phases:
  build:
    commands:
      - set -e
      - export DATE=$(echo 2026)
      - |
        export $(printf "KEY_ID=%s KEY=%s TOKEN=%s" \\
            $(echo one two three))
      - echo "Assumed in \${DATE} $KEY_ID/$KEY/$TOKEN"
`,
    prints: ['Assumed in 2026 one/two/three'],
  },
  'templates that are synthesised into a folder, with versions in quotes': {
    spec: `version: "0.2"
phases:
  install:
    runtime-versions:
      nodejs: "16"
      python: "3.9"
    commands:
      - ${withTools}
      - npm install aws-cdk@2
  build:
    commands:
      - mkdir -p dist/assets && echo '{}' > dist/one.template.json && echo '{}' > dist/assets/two.json
artifacts:
  base-directory: dist
  files:
    - "*.template.json"
`,
    prints: ['npm [install] [aws-cdk@2]'],
    artifacts: ['one.template.json'],
  },
  'numbers and truth values among the variables, and a script that is sourced': {
    spec: `version: 0.2
env:
  variables:
    PYTHON: 3.9.17        # a version
    LAYER: false
    NODE: 20
    QUIET: yes
phases:
  install:
    commands:
      - . ./helpers/init.sh
  pre_build:
    commands:
      - say "$PYTHON $LAYER $NODE $QUIET"
reports:
  unit_tests:
    files: [unittests.xml]
    file-format: JUNITXML
`,
    files: { 'helpers/init.sh': 'say() { echo "said $*"; }\n' },
    prints: ['said 3.9.17 false 20 yes'],
  },
  'names of artifacts in variables': {
    spec: `version: 0.2
phases:
  build:
    commands:
      # What is exported stands in the environment of the project.
      - echo '{}' > $STAGING && echo '{}' > $PRODUCTION
artifacts:
  files:
    - $STAGING
    - \${PRODUCTION}
`,
    env: { STAGING: 'staging.json', PRODUCTION: 'production.json' },
    artifacts: ['production.json', 'staging.json'],
  },
  'remarks in commands, the source of another input, and the name of the pipeline': {
    spec: `version: 0.2
phases:
  pre_build:
    commands:
      - export PIPELINE=\${CODEBUILD_INITIATOR#codepipeline/}
      - echo "data [$CODEBUILD_SRC_DIR_Data]" # of the second input
  build:
    commands:
      - | # a block with a remark
        echo first \\
          second
      #- echo left out
      - >
        echo folded
        over lines
`,
    prints: ['data []', 'first second', 'folded over lines'],
  },
  'bash, with what sh has not': {
    spec: `version: 0.2
env:
  shell: bash
phases:
  build:
    commands:
      - names=(a b c); echo "\${#names[@]}"
      - if [[ "$CODEBUILD_BUILD_SUCCEEDING" == "1" ]]; then echo well; else exit 1; fi
      - for each in "\${names[@]}"; do echo -n "$each"; done; echo
`,
    prints: ['3', 'well', 'abc'],
  },
  'a file that a block writes, and lists of another indentation': {
    spec: `version: 0.2
phases:
    build:
        commands:
        - |
            cat > config.json <<EOF
            {"stage": "$STAGE"}
            EOF
        - cat config.json
        finally:
        - echo cleaned
artifacts:
    files: ['**/*.json']
    discard-paths: yes
`,
    env: { STAGE: 'test' },
    prints: ['{"stage": "test"}', 'cleaned'],
    artifacts: ['config.json'],
  },
  'tests of a package that is made smaller before it is given on': {
    spec: `version: 0.2
phases:
  install:
    commands:
      - ${withTools}
      - npm install
  pre_build:
    commands:
      - npm run test
      - rm -rf ./__tests__
  build:
    commands:
      - aws cloudformation package --template template.yaml --s3-bucket $BUCKET --output-template out.yml && touch out.yml
artifacts:
  type: zip
  files:
    - template.yaml
    - out.yml
`,
    files: { 'template.yaml': 'Resources: {}\n', '__tests__/x': '' },
    env: { BUCKET: 'b' },
    artifacts: ['out.yml', 'template.yaml'],
  },
};

const failing: Record<string, Kind & { phase: string; says: string }> = {
  'a tool that is not there': {
    spec: 'version: 0.2\nphases:\n  install:\n    commands:\n      - no-such-tool install -g x\n  build:\n    commands:\n      - echo never\n',
    phase: 'INSTALL',
    says: 'Error while executing command: no-such-tool install -g x. Reason: exit status 127',
  },
  'tests that fail': {
    spec: 'version: 0.2\nphases:\n  pre_build:\n    commands:\n      - python3 -c "import sys; sys.exit(5)"\n  build:\n    commands:\n      - echo never\n',
    phase: 'PRE_BUILD',
    says: 'Reason: exit status 5',
  },
  'a block under set -e; what comes after it knows': {
    spec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        set -e\n        false\n        echo never\n      - echo never\n  post_build:\n    commands:\n      - echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"\n',
    phase: 'BUILD',
    says: 'Reason: exit status 1',
    prints: ['succeeding 0'],
  },
  'a push that is refused, after which artifacts are made all the same': {
    spec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo x > made\n  post_build:\n    commands:\n      - if [ "$CODEBUILD_BUILD_SUCCEEDING" = "1" ]; then echo push; exit 4; fi\nartifacts: {files: [made]}\n',
    phase: 'POST_BUILD',
    says: 'Reason: exit status 4',
    prints: ['push'],
    artifacts: ['made'],
  },
  'artifacts that are not there': {
    spec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo built\nartifacts:\n  base-directory: dist\n  files:\n    - "**/*"\n',
    phase: 'UPLOAD_ARTIFACTS',
    says: 'the base directory dist was not found in the source',
    prints: ['built'],
  },
  'a text that is no YAML': {
    spec: 'version: 0.2\nphases:\n  build:\n    commands: - echo on one line\n',
    phase: 'DOWNLOAD_SOURCE',
    says: 'YAML',
  },
  "Amplify's own specification": {
    spec: 'version: 1\nfrontend:\n  phases:\n    build:\n      commands:\n        - echo never\n',
    phase: 'DOWNLOAD_SOURCE',
    says: 'The version 1 is not known. Use 0.2.',
  },
};

let count = 0;
async function run({ spec, files = {}, env = {} }: Kind): Promise<{
  made: Awaited<ReturnType<BuildBed['run']>>;
  artifacts: string[];
}> {
  const path = `kind-${++count}`;
  const made = await build.run(
    spec,
    { ...tools, ...files },
    {
      artifacts: spec.includes('artifacts:')
        ? { type: 'S3', location: bucket, path, name: 'out', packaging: 'NONE' }
        : { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: Object.entries(env).map(([name, value]) => ({ name, value })),
      },
    },
  );
  const keys = await build.keys(`${path}/`);
  return { made, artifacts: keys.map((key) => key.slice(`${path}/out/`.length)) };
}

describe('succeeds as in the cloud', () => {
  test.each(Object.entries(succeeding))('%s', async (_, kind) => {
    const { made, artifacts } = await run(kind);
    expect([made.build.buildStatus, ...printed(made.log)]).toEqual(
      expect.arrayContaining(['SUCCEEDED', ...(kind.prints ?? [])]),
    );
    expect(Object.values(made.phases).filter((status) => status === 'FAILED')).toEqual([]);
    expect(artifacts).toEqual(kind.artifacts ?? []);
  });
});

describe('fails in the phase in which the cloud would', () => {
  test.each(Object.entries(failing))('%s', async (_, kind) => {
    const { made, artifacts } = await run(kind);
    expect(made.build.buildStatus).toBe('FAILED');
    const failed = made.build.phases?.filter(({ phaseStatus }) => phaseStatus === 'FAILED') ?? [];
    expect(failed.map(({ phaseType }) => phaseType)).toEqual([kind.phase]);
    expect(failed[0]?.contexts?.map(({ message }) => message).join(' ')).toContain(kind.says);
    const told = printed(made.log);
    expect(told).toEqual(expect.arrayContaining(kind.prints ?? []));
    expect(told).not.toContain('never');
    expect(artifacts).toEqual(kind.artifacts ?? []);
  });
});
