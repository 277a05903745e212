import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Environments } from '../../../src/local/jobs/run/environment';
import { Guard } from '../../../src/local/jobs/run/guard';
import { Python } from '../../../src/local/jobs/run/python';
import { Bed, bucket, makeTemp, shellStep } from './support';

/** Writes wheels of a little package into the working directory, by hand: nothing is asked of the network. */
const wheels = `
import zipfile
packages = [("tinypkg", "1.0"), ("tinypkg", "2.0"), ("sagemaker", "2.9"), ("sagemaker", "3.1"), ("catboost", "1.0")]
packages += [("numpy", "1.26"), ("numpy", "2.1"), ("pandas", "2.2"), ("pandas", "3.0"), ("scikit_learn", "1.2.2")]
packages += [(name, "1.0") for name in ("scipy", "setuptools", "pyarrow", "joblib", "boto3", "requests", "PyYAML")]
for name, version in packages:
    with zipfile.ZipFile(f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        info = f"{name}-{version}.dist-info"
        wheel.writestr(f"{name}.py", f"VERSION = '{version}'")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
`;

function python(...words: string[]): string {
  return execFileSync('python3', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function hasPip(): boolean {
  try {
    return python('-m', 'pip', '--version') !== '';
  } catch {
    return false;
  }
}

function wheelOfPip(): string {
  const look =
    'import ensurepip, glob, os; print(*glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl")))';
  try {
    return python('-c', look).trim();
  } catch {
    return '';
  }
}

const isPossible = process.platform !== 'win32' && hasPip();
const why = isPossible ? '' : ' (skipped: this machine has no Python with pip, or is Windows)';

describe.skipIf(!isPossible)(`the Python of steps${why}`, () => {
  let bed: Bed;
  let folder: string;
  const packages = (): string => python('-m', 'pip', 'list', '--format', 'json');
  let before: string;
  beforeAll(async () => {
    // The wheels' place is known before the control plane starts, since steps inherit its environment.
    folder = join(makeTemp(), 'wheels');
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', ['-c', wheels], { cwd: folder });
    before = packages();
    bed = await Bed.start({
      environment: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_CONFIG_FILE: '/dev/null' },
    });
  });
  afterAll(() => bed.stop());

  /** Runs one script as a step of its own. */
  const run = async (...scripts: string[]): Promise<string> => {
    const steps = scripts.map((script, index) => shellStep(`S${index}`, script));
    const arn = await bed.run(steps, { parallel: scripts.length });
    const end = await bed.end(arn);
    const reasons = Object.values(await bed.steps(arn)).map(({ FailureReason = '' }) => FailureReason);
    return [end.status, ...reasons.filter((reason) => reason !== '')].join(' ');
  };

  const import1 = 'python -c "import tinypkg; assert tinypkg.VERSION == \'1.0\'"';

  test.each([
    ['pip', 'pip install -U tinypkg==1.0'],
    ['pip3', 'pip3 install tinypkg==1.0'],
    ['python -m pip', 'python -m pip install tinypkg==1.0'],
    ['python3 -m pip', 'python3 -m pip install --upgrade tinypkg==1.0'],
    ['bash -c', 'bash -c "pip install tinypkg==1.0"'],
    ['env', '/usr/bin/env python3 -m pip install tinypkg==1.0'],
    [
      'a subprocess of Python',
      "python3 -c \"import subprocess, sys; subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'tinypkg==1.0'])\"",
    ],
  ])('what is installed by %s is there for the step', async (_, script) => {
    expect(await run(`set -e; ${script}; ${import1}`)).toBe('Succeeded');
  });

  test('pip gets no generation of a package that the Python of the image would not get, and the log says so', async () => {
    const install = (name: string, image: string, version: string): object => {
      const check = `python -c "import sagemaker as s; assert s.VERSION == '${version}', s.VERSION"`;
      const script = `set -e; python -m pip install sagemaker; ${check}`;
      return shellStep(name, script, {
        AppSpecification: { ImageUri: image, ContainerEntrypoint: ['/bin/sh', '-c', script] },
      });
    };
    const arn = await bed.run([
      install('Old', '1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:0.23-1-cpu-py3', '2.9'),
      install('Own', '1.dkr.ecr.us-east-1.amazonaws.com/my-image:1', '3.1'),
    ]);
    const { status } = await bed.end(arn);
    const { Old, Own } = await bed.steps(arn);
    expect([status, Old?.FailureReason, Own?.FailureReason]).toEqual(['Succeeded', undefined, undefined]);
    const { events = [] } = await bed.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/ProcessingJobs', filterPattern: '"pip keeps to"' }),
    );
    expect(events.map(({ message }) => message)).toEqual([
      'pip keeps to what Python 3.7 of the image gets: sagemaker<3, numpy<2, shapely<2.1, pandas<2, protobuf<4, fiona<1.10, setuptools<69.',
    ]);
  });

  test('what a job installs itself keeps to what works beside the packages of its image', async () => {
    const key = 'code/uses-image/main.py';
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'import sklearn\n' }));
    const install = (name: string, word: string, version: string): object => {
      const check = `python -c "import numpy; assert numpy.VERSION == '${version}', numpy.VERSION"`;
      const script = `set -e; python -m pip install -U ${word}; ${check}`;
      return shellStep(name, script, {
        AppSpecification: {
          ImageUri: '1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
          ContainerEntrypoint: ['/bin/sh', '-c', script],
        },
        ProcessingInputs: [
          {
            InputName: 'code',
            S3Input: {
              S3Uri: `s3://${bucket}/code/uses-image/`,
              LocalPath: '/opt/ml/processing/input/code',
              S3DataType: 'S3Prefix',
              S3InputMode: 'File',
            },
          },
        ],
      });
    };
    const arn = await bed.run([install('Upgrade', 'numpy', '1.26')]);
    const { status } = await bed.end(arn);
    expect([status, (await bed.steps(arn)).Upgrade?.FailureReason]).toEqual(['Succeeded', undefined]);
  });

  /** The wheel of pip that Python itself brings along, for a machine where no Python has pip. */
  const wheel = isPossible ? wheelOfPip() : '';

  test.skipIf(wheel === '').each([
    ['of the Python that it is an environment of', undefined],
    ['that Python brings along as a wheel', wheel],
  ])('a Python without pip, as the environments of uv are, gives its jobs the one %s', async (_, given) => {
    const own = join(makeTemp(), 'venv');
    python('-m', 'venv', '--without-pip', own);
    const found = await new Python(join(own, 'bin', 'python')).interpreter();
    expect(found.pip).toMatch(/pip$/);
    const interpreter = given === undefined ? found : { ...found, pip: given };
    const environments = new Environments(join(own, 'shared'), join(own, 'jobs'));
    const guard = new Guard();
    const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_CONFIG_FILE: '/dev/null' };
    const { signal } = new AbortController();
    const recipe = {
      title: 'tiny',
      packages: ['tinypkg==1.0'],
      modules: [],
      main: { package: 'tinypkg', version: '1.0' },
    };
    const made = await environments.prepare(interpreter, { recipe }, { env, guard, signal, onLines: () => undefined });
    guard.close();
    const run = (...words: string[]): string => execFileSync(made.python, words, { encoding: 'utf8', env: made.env });
    expect(run('-c', 'import tinypkg; print(tinypkg.VERSION)')).toBe('1.0\n');
    run('-m', 'pip', 'install', '-q', 'sagemaker==2.9');
    expect(run('-c', 'import sagemaker; print(sagemaker.VERSION)')).toBe('2.9\n');
  });

  test('an index of a recipe that cannot be reached is left out, which the log says', async () => {
    const place = makeTemp();
    // A pip that only tells what it is given.
    mkdirSync(join(place, 'lent', 'pip'), { recursive: true });
    writeFileSync(join(place, 'lent', 'pip', '__init__.py'), '');
    writeFileSync(join(place, 'lent', 'pip', '__main__.py'), 'import sys\nprint(*sys.argv[-3:])\n');
    const found = await new Python(undefined).interpreter();
    const interpreter = { ...found, pip: join(place, 'lent', 'pip') };
    const asked: string[] = [];
    const made = async (isFound: boolean): Promise<string[]> => {
      const folders = [join(place, `shared-${isFound}`), join(place, `jobs-${isFound}`)] as const;
      const environments = new Environments(...folders, (host) => {
        asked.push(host);
        return Promise.resolve(isFound);
      });
      const guard = new Guard();
      const lines: string[] = [];
      const recipe = {
        title: 'tiny',
        packages: ['--extra-index-url=https://builds.invalid/cpu', 'tinypkg==1.0', 'b'],
        modules: [],
        main: { package: 'tinypkg', version: '1.0' },
      };
      const { signal } = new AbortController();
      const onLines = (more: string[]): void => void lines.push(...more);
      await environments.prepare(interpreter, { recipe }, { env: process.env, guard, signal, onLines });
      guard.close();
      return lines.slice(1);
    };
    expect(await made(true)).toEqual(['--extra-index-url=https://builds.invalid/cpu tinypkg==1.0 b']);
    expect(await made(false)).toEqual([
      'https://builds.invalid/cpu cannot be reached from here: packages are taken from PyPI alone, whose builds are larger.',
      '20 tinypkg==1.0 b',
    ]);
    expect(asked).toEqual(['builds.invalid', 'builds.invalid']);
  });

  test('a script in whatever folder gets what it imports', async () => {
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'far/count.py', Body: 'import catboost\n' }));
    const step = shellStep('Far', '', {
      AppSpecification: { ImageUri: 'image', ContainerEntrypoint: ['python3', '/opt/ml/processing/code/count.py'] },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: `s3://${bucket}/far`,
            LocalPath: '/opt/ml/processing/code',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
    });
    const arn = await bed.run([step]);
    expect([await bed.end(arn), (await bed.steps(arn)).Far?.FailureReason]).toEqual([
      { status: 'Succeeded', reason: undefined },
      undefined,
    ]);
  });

  test('a login shell keeps the Python of the job', async () => {
    const script = `set -e; pip install tinypkg==1.0; ${import1}`;
    for (const words of [
      ['-lc', script],
      ['-l', '-c', script],
      ['--login', '-e', '-c', script],
    ]) {
      const app = { ImageUri: 'image', ContainerEntrypoint: ['/bin/bash'], ContainerArguments: words };
      const arn = await bed.run([shellStep('Login', '', { AppSpecification: app })]);
      const { status } = await bed.end(arn);
      expect([status, (await bed.steps(arn))['Login']?.FailureReason]).toEqual(['Succeeded', undefined]);
    }
  });

  test('a script that unpacks its code and calls pip, as FrameworkProcessor does, has its own packages', async () => {
    const files = { 'main.py': 'import tinypkg; assert tinypkg.VERSION == "2.0"', 'requirements.txt': 'tinypkg==2.0' };
    const source = await packTar(
      Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body })),
    );
    const put = (Key: string, Body: string | Uint8Array): Promise<unknown> =>
      bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await put('fp/code/sourcedir.tar.gz', gzipSync(source));
    await put(
      'fp/entry/runproc.sh',
      'set -e\ncd /opt/ml/processing/input/code/\ntar -xzf sourcedir.tar.gz\npip install -r requirements.txt\npython main.py "$@"\n',
    );
    const input = (name: string, key: string): object => ({
      InputName: name,
      S3Input: {
        S3Uri: `s3://${bucket}/${key}`,
        LocalPath: `/opt/ml/processing/input/${name}/`,
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
      },
    });
    const step = shellStep('Processor', '', {
      ProcessingInputs: [input('code', 'fp/code/sourcedir.tar.gz'), input('entrypoint', 'fp/entry/runproc.sh')],
      AppSpecification: {
        ImageUri: 'image',
        ContainerEntrypoint: ['/bin/bash', '/opt/ml/processing/input/entrypoint/runproc.sh'],
      },
    });
    const arn = await bed.run([step]);
    expect((await bed.end(arn)).status).toBe('Succeeded');
  });

  test('a pip that is called by its full path refuses', async () => {
    const own = python('-c', 'import sys; print(sys.executable)').trim();
    expect(await run(`${own} -m pip install tinypkg==1.0`)).toMatch(
      /^Failed .*Could not find an activated virtualenv/s,
    );
  });

  test('two steps at a time have each their own packages', async () => {
    const one = (version: string): string =>
      `set -e; pip install tinypkg==${version}; sleep 0.2; python -c "import tinypkg; assert tinypkg.VERSION == '${version}'"`;
    expect(await run(one('1.0'), one('2.0'))).toBe('Succeeded');
  });

  test('a step sees what is installed in the Python of the user', async () => {
    const own = python('-c', 'import pip; print(pip.__file__)').trim();
    const same = `python -c "import pip, sys; assert pip.__file__ == '${own}', pip.__file__; assert sys.prefix != sys.base_prefix"`;
    expect(await run(same)).toBe('Succeeded');
    expect(await run('test "$(command -v python3)" = "$VIRTUAL_ENV/bin/python3"')).toBe('Succeeded');
  });

  /** A training job in script mode whose code comes with requirements. */
  async function train(
    requirements: string,
    script = 'import tinypkg; print("has", tinypkg.VERSION)',
    more: Record<string, string> = {},
  ): Promise<string> {
    const files = { 'train.py': script, 'requirements.txt': requirements, ...more };
    const source = await packTar(
      Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body })),
    );
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'code.tar.gz', Body: gzipSync(source) }));
    return bed.run([
      {
        Name: 'Train',
        Type: 'Training',
        Arguments: {
          AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
          HyperParameters: { sagemaker_program: 'train.py', sagemaker_submit_directory: `s3://${bucket}/code.tar.gz` },
          OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
          ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
          StoppingCondition: { MaxRuntimeInSeconds: 60 },
        },
      },
    ]);
  }

  async function logOf(arn: string): Promise<string> {
    const { Train } = await bed.steps(arn);
    const { events = [] } = await bed.clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName: '/aws/sagemaker/TrainingJobs',
        logStreamNamePrefix: Train?.Metadata?.TrainingJob?.Arn?.split('/')[1],
      }),
    );
    return events.map(({ message }) => message).join('\n');
  }

  test('requirements.txt is installed once for all jobs with the same one', async () => {
    const made = (): string[] => readdirSync(join(bed.folder, 'data', 'environments'));
    const before = made().length;
    const first = await train('tinypkg==2.0\n');
    expect(await bed.end(first)).toEqual({ status: 'Succeeded', reason: undefined });
    expect(await logOf(first)).toMatch(/Installing requirements\.txt[^]*has 2\.0/);
    const second = await train('tinypkg==2.0\n');
    expect((await bed.end(second)).status).toBe('Succeeded');
    expect(await logOf(second)).toBe('has 2.0');
    const other = await train('tinypkg==1.0\n');
    expect((await bed.end(other)).status).toBe('Succeeded');
    expect(await logOf(other)).toMatch(/has 1\.0/);
    expect(made()).toHaveLength(before + 2);
  });

  test('jobs that ask for the same requirements at once wait for one installation', async () => {
    const text = '# at once\ntinypkg==1.0\n';
    const arns = await Promise.all([train(text), train(text), train(text)]);
    for (const arn of arns) expect((await bed.end(arn)).status).toBe('Succeeded');
    const logs = await Promise.all(arns.map(logOf));
    expect(logs.filter((log) => log.includes('Installing')).length).toBe(1);
  });

  test('requirements that lead to files are read anew for each job', async () => {
    writeFileSync(join(folder, 'more.txt'), 'tinypkg==1.0');
    const first = await train(`-r ${join(folder, 'more.txt')}\n`);
    expect((await bed.end(first)).status).toBe('Succeeded');
    writeFileSync(join(folder, 'more.txt'), 'tinypkg==2.0');
    const second = await train(`-r ${join(folder, 'more.txt')}\n`);
    expect((await bed.end(second)).status).toBe('Succeeded');
    expect(await logOf(second)).toMatch(/has 2\.0/);
  });

  /** Functions of `@step`, each in a job of its own as the SDK writes them: a driver that would install, then the function. */
  async function functions(files: Record<string, string>, ...names: string[]): Promise<string> {
    const driver = [
      'set -eu',
      'for word in "$@"; do case "$word" in *dependency_file*null*) echo "nothing to install";;',
      '  *dependency_file*) pip install -U -r /opt/ml/input/data/pre_exec_script_and_dependencies/requirements.txt;;',
      'esac; done',
      'python -c "import tinypkg, sagemaker; print(tinypkg.VERSION, sagemaker.VERSION)"',
    ].join('\n');
    const put = (Key: string, Body: string): Promise<unknown> =>
      bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await put('step/boot/job_driver.sh', driver);
    const digest = String(++functionSets);
    for (const [name, text] of Object.entries(files)) await put(`step/${digest}/${name}`, text);
    const channel = (ChannelName: string, key: string): object => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/step/${key}` } },
    });
    const step = (name: string): object => ({
      Name: name,
      Type: 'Training',
      Arguments: {
        AlgorithmSpecification: {
          TrainingImage: 'image',
          TrainingInputMode: 'File',
          ContainerEntrypoint: ['/bin/bash', '/opt/ml/input/data/boot/job_driver.sh'],
          ContainerArguments: [
            '--client_sagemaker_pysdk_version',
            '2.9',
            '--dependency_settings',
            '{"dependency_file": "requirements.txt"}',
          ],
        },
        InputDataConfig: [channel('boot', 'boot'), channel('pre_exec_script_and_dependencies', digest)],
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
        ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      },
    });
    const arn = await bed.run(names.map(step), { parallel: names.length });
    const end = await bed.end(arn);
    const steps = await bed.steps(arn);
    expect([end, ...Object.values(steps).map(({ FailureReason }) => FailureReason)]).toEqual([
      { status: 'Succeeded', reason: undefined },
      ...names.map(() => undefined),
    ]);
    const logs = names.map(async (name) => {
      const { events = [] } = await bed.clients.logs.send(
        new FilterLogEventsCommand({
          logGroupName: '/aws/sagemaker/TrainingJobs',
          logStreamNamePrefix: steps[name]?.Metadata?.TrainingJob?.Arn?.split('/')[1],
        }),
      );
      return events.map(({ message }) => message).join('\n');
    });
    return (await Promise.all(logs)).join('\n');
  }
  let functionSets = 0;

  test('functions of @step with the same requirements share one environment, and the second run calls no pip', async () => {
    const files = { 'requirements.txt': 'tinypkg==1.0\nsagemaker>=2.5,<3\n' };
    const first = await functions(files, 'A', 'B');
    expect(first.match(/Installing requirements\.txt/g)).toHaveLength(1);
    expect(first.match(/1\.0 2\.9/g)).toHaveLength(2);
    const again = await functions(files, 'A', 'B');
    expect(again).toBe('nothing to install\n1.0 2.9\nnothing to install\n1.0 2.9');
    expect(await functions({ 'requirements.txt': 'tinypkg==2.0\n' }, 'A')).toMatch(/Installing[^]*2\.0 2\.9$/);
  });

  test('requirements of a function with a script to run before, and such as lead to files, are left to the SDK', async () => {
    const before = { 'requirements.txt': 'tinypkg==1.0\n', 'pre_exec.sh': 'true\n' };
    expect(await functions(before, 'A')).not.toMatch(/nothing to install|Installing requirements/);
    const beside = { 'requirements.txt': `-f ${folder}\ntinypkg==1.0\n` };
    expect(await functions(beside, 'A')).not.toMatch(/nothing to install|Installing requirements/);
  });

  /** A package whose wheel is made by code that lies beside it, without the network. */
  const ownPackage = {
    'setup.py': 'raise SystemExit("pyproject.toml says how this package is built")\n',
    'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    'backend.py': `import os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "owncode-1.0-py3-none-any.whl"
    info = "owncode-1.0.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("owncode.py", "ANSWER = 42\\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: owncode\\nVersion: 1.0\\nRequires-Dist: tinypkg==2.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
`,
  };

  test('code with a setup.py is installed with what it requires and run as a module, for its job alone', async () => {
    const script = 'import owncode, tinypkg, sys; print(owncode.ANSWER, tinypkg.VERSION, __spec__.name, *sys.argv[1:])';
    const first = await train('', script, ownPackage);
    expect(await bed.end(first)).toEqual({ status: 'Succeeded', reason: undefined });
    expect(await logOf(first)).toMatch(/Installing the package of setup\.py[^]*42 2\.0 train$/);
    const other = await train('', 'import owncode');
    expect((await bed.end(other)).status).toBe('Failed');
  });

  test('a setup.py that cannot be built fails the job with a sentence', async () => {
    const broken = { ...ownPackage, 'backend.py': 'raise RuntimeError("Error: no such backend")\n' };
    const arn = await train('', 'print("never")', broken);
    expect((await bed.end(arn)).status).toBe('Failed');
    expect((await bed.steps(arn)).Train?.FailureReason).toMatch(
      /^ClientError: The package of setup\.py could not be installed: /,
    );
  });

  test('what cannot be installed fails the job with a sentence, and is tried again', async () => {
    for (const _ of [1, 2]) {
      const arn = await train('there-is-no-such-package==1\n');
      expect((await bed.end(arn)).status).toBe('Failed');
      expect((await bed.steps(arn)).Train?.FailureReason).toMatch(
        /^ClientError: requirements\.txt could not be installed: ERROR: No matching distribution found for there-is-no-such-package==1\. Check the names and the network/,
      );
    }
  });

  test('after all that, the next step and the Python of the user have none of it', async () => {
    expect(await run('python -c "import tinypkg"')).toMatch(/^Failed .*No module named 'tinypkg'/s);
    expect(packages()).toBe(before);
  });
});
