/** Rendering with the real SDKs, which scripts/python-sdks.sh brings in; each takes seconds to be imported. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Maker } from '../../../src/sources/model';
import { render, RenderError, type Rendering } from '../../../src/sources/render';
import { validate } from '../../../src/definition';
import { localEnvironment } from '../../../src/sources/local-environment';
import { Bed } from '../local/support';

const helper = resolve('media/python/render_pipeline.py');

describe.each([
  ['2', 'MLOPS_FLOW_PYTHON_SDK2', 'v2.py', 'workflow', 'workflow', 'sagemaker'],
  ['3', 'MLOPS_FLOW_PYTHON_SDK3', 'v3.py', 'core.workflow', 'mlops.workflow', 'sagemaker.core.helper.session_helper'],
])('with the real SDK, version %s', (version, variable, script, core, workflow, session) => {
  const python = process.env[variable];
  const only = it.skipIf(python === undefined);
  const limit = 120_000;
  let root: string;
  let bed: Bed;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'real-'));
    bed = await Bed.start();
  });
  afterAll(async () => {
    await bed.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function run(folder: string, name: string, maker?: Maker): Promise<Rendering> {
    const path = join(folder, name);
    const env = localEnvironment(bed.plane.ready, resolve('media'), process.env);
    const role = 'arn:aws:iam::000000000000:role/execution';
    return render({
      python: python ?? '',
      helper,
      script: path,
      root: folder,
      timeout: limit,
      role,
      env,
      ...(maker ? { maker } : {}),
    });
  }

  only(
    `renders (skipped unless ${variable} names a Python that has it)`,
    async () => {
      const { sdk, pipelines } = await run(resolve('test/fixtures/python'), script);
      expect(sdk?.startsWith(`${version}.`)).toBe(true);
      const [one] = pipelines;
      expect(Object.keys(one?.steps ?? {}).sort()).toEqual(['Prepare', 'Train']);
      const found = validate(one?.definition ?? '', { path: 'a.pipeline.json' });
      expect(found.filter((diagnostic) => diagnostic.severity === 'error')).toEqual([]);
    },
    limit,
  );

  only(
    "takes any profile for the endpoint's, a placeholder for its bucket and its role, and leaves out a file that is not there",
    async () => {
      const lines = [
        'import boto3',
        'session = boto3.Session(profile_name="somebody-elses")',
        'session.client("s3").put_object(Bucket="YOUR_BUCKET", Key="code/a.py", Body=b"1")',
        'session.client("s3").upload_file("made/by/another.csv", "YOUR_BUCKET", "data/a.csv")',
        'role = session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]',
        'definition = {"Version": "2020-12-01", "Steps": [], "Metadata": {"code": "s3://YOUR_BUCKET/code/a.py", "role": role}}',
      ];
      writeFileSync(join(root, 'theirs.py'), lines.join('\n'));
      const { pipelines, missing } = await run(root, 'theirs.py', { kind: 'module' });
      expect(JSON.parse(pipelines[0]?.definition ?? '{}').Metadata).toEqual({
        code: 's3://sagemaker-us-east-1-000000000000/code/a.py',
        role: 'arn:aws:iam::000000000000:role/execution',
      });
      expect(missing).toEqual([
        'YOUR_BUCKET cannot be the name of a bucket: sagemaker-us-east-1-000000000000 stands for it.',
        'made/by/another.csv is not there, so s3://YOUR_BUCKET/data/a.csv is not either.',
        'IAM CreateRole is not there on Local.',
      ]);
    },
    limit,
  );

  only(
    'values that a script asks for by their names are what the account has under such a name, else named as what is missing',
    async () => {
      const lines = [
        'import boto3',
        'def value(name):',
        '    return boto3.client("ssm", region_name="us-east-1").get_parameter(Name=name)["Parameter"]["Value"]',
        'secret = boto3.client("secretsmanager", region_name="us-east-1").get_secret_value(SecretId="team/token")["SecretString"]',
        'names = ["/team/sagemaker_role_arn", "/team/raw_bucket_uri", "/team/artifact-bucket", "/team/alias"]',
        'definition = {"Version": "2020-12-01", "Steps": [], "Metadata": {"secret": secret, "values": [value(name) for name in names]}}',
      ];
      writeFileSync(join(root, 'named.py'), lines.join('\n'));
      const { pipelines, missing } = await run(root, 'named.py', { kind: 'module' });
      expect(JSON.parse(pipelines[0]?.definition ?? '{}').Metadata).toEqual({
        secret: 'stand-in-for-team-token',
        values: [
          'arn:aws:iam::000000000000:role/execution',
          's3://sagemaker-us-east-1-000000000000',
          'sagemaker-us-east-1-000000000000',
          'stand-in-for-team-alias',
        ],
      });
      expect(pipelines[0]?.unknown).toEqual(['stand-in-for-team-alias', 'stand-in-for-team-token']);
      expect(missing).toContain('SSM /team/alias is not there on Local: stand-in-for-team-alias stands for it.');
    },
    limit,
  );

  only(
    'a fault of the script is told before an operation that Local lacks and that something stood for',
    async () => {
      const lines = [
        'import boto3',
        'value = boto3.client("ssm", region_name="us-east-1").get_parameter(Name="/team/alias")["Parameter"]["Value"]',
        'raise TypeError("no pipeline of this kind")',
      ];
      writeFileSync(join(root, 'faulty.py'), lines.join('\n'));
      await expect(run(root, 'faulty.py', { kind: 'module' })).rejects.toThrow(
        'TypeError: no pipeline of this kind. SSM /team/alias is not there on Local: stand-in-for-team-alias stands for it.',
      );
    },
    limit,
  );

  only(
    'puts nothing empty in the place of data that a script fetches and uploads, and leaves a file that is there as it is',
    async () => {
      const lines = [
        'import boto3',
        's3 = boto3.client("s3")',
        's3.download_file("somebodys-data", "rows.csv", "rows.csv")',
        's3.upload_file("rows.csv", "sagemaker-us-east-1-000000000000", "fetched/rows.csv")',
        's3.download_file("somebodys-data", "kept.csv", "kept.csv")',
        's3.upload_file("kept.csv", "sagemaker-us-east-1-000000000000", "fetched/kept.csv")',
        'keys = [one["Key"] for one in s3.list_objects_v2(Bucket="sagemaker-us-east-1-000000000000", Prefix="fetched/")["Contents"]]',
        'definition = {"Version": "2020-12-01", "Steps": [], "Metadata": {"keys": " ".join(keys)}}',
      ];
      writeFileSync(join(root, 'fetches.py'), lines.join('\n'));
      writeFileSync(join(root, 'kept.csv'), '1,2\n');
      const { pipelines, missing } = await run(root, 'fetches.py', { kind: 'module' });
      expect(JSON.parse(pipelines[0]?.definition ?? '{}').Metadata).toEqual({ keys: 'fetched/kept.csv' });
      expect(readFileSync(join(root, 'kept.csv'), 'utf8')).toBe('1,2\n');
      expect(missing).toEqual([
        's3://somebodys-data/rows.csv is not there.',
        'rows.csv is empty, so s3://sagemaker-us-east-1-000000000000/fetched/rows.csv is not there.',
        's3://somebodys-data/kept.csv is not there.',
        'kept.csv as it is stands for s3://somebodys-data/kept.csv.',
      ]);
    },
    limit,
  );

  only(
    'leaves the requirements of a function of @step as they are, to which the SDK adds itself',
    async () => {
      const lines = [
        `from sagemaker.${workflow}.function_step import step`,
        `from sagemaker.${workflow}.pipeline import Pipeline`,
        '@step(name="one", instance_type="ml.m5.large", image_uri="own:1", dependencies="needs.txt")',
        'def one():',
        '    return 1',
        'open("own.txt", "a").write("more")',
        'pipeline = Pipeline(name="one", steps=[one()])',
      ];
      writeFileSync(join(root, 'adds.py'), lines.join('\n'));
      writeFileSync(join(root, 'needs.txt'), 'tabulate\n');
      const made = await run(root, 'adds.py', { kind: 'module' });
      expect(made.pipelines.map((each) => each.name)).toEqual(['one']);
      expect(readFileSync(join(root, 'needs.txt'), 'utf8')).toBe('tabulate\n');
      expect(readFileSync(join(root, 'own.txt'), 'utf8')).toBe('more');
    },
    limit,
  );

  only(
    'leaves nothing of what a script downloads, and what was there as it was',
    async () => {
      const bucket = 'sagemaker-us-east-1-000000000000';
      const lines = [
        'import boto3, os',
        's3 = boto3.client("s3")',
        `s3.put_object(Bucket="${bucket}", Key="there.csv", Body=b"7,8")`,
        'os.makedirs("new/rows", exist_ok=True)',
        `s3.download_file("${bucket}", "there.csv", "new/rows/there.csv")`,
        `boto3.resource("s3").Bucket("${bucket}").download_file("there.csv", "over.csv")`,
        'texts = [open("new/rows/there.csv").read(), open("over.csv").read()]',
        'with open("new/rows/into.csv", "wb") as file:',
        '    s3.download_fileobj("somebodys-data", "into.csv", file)',
        'with open("own.csv", "wb") as file:',
        '    s3.download_fileobj("somebodys-data", "own.csv", file)',
        'texts.append(open("own.csv").read())',
        'open("body.csv", "wb").write(s3.get_object(Bucket="somebodys-data", Key="body.csv")["Body"].read())',
        'definition = {"Version": "2020-12-01", "Steps": [], "Metadata": {"texts": " ".join(texts)}}',
      ];
      writeFileSync(join(root, 'leaves.py'), lines.join('\n'));
      for (const name of ['over.csv', 'own.csv', 'body.csv']) writeFileSync(join(root, name), name);
      const { pipelines } = await run(root, 'leaves.py', { kind: 'module' });
      // What is there is read as it is there, and what is not is stood for by the file of the workspace.
      expect(JSON.parse(pipelines[0]?.definition ?? '{}').Metadata).toEqual({ texts: '7,8 7,8 own.csv' });
      for (const name of ['over.csv', 'own.csv', 'body.csv']) {
        expect(readFileSync(join(root, name), 'utf8')).toBe(name);
      }
      expect(existsSync(join(root, 'new'))).toBe(false);
      expect(existsSync(join(root, 'rows.csv'))).toBe(false);
    },
    limit,
  );

  only(
    'gives a placeholder for a bucket in the definition alone that of the account',
    async () => {
      writeFileSync(
        join(root, 'blank.py'),
        'definition = {"Version": "2020-12-01", "Parameters": [{"Name": "In", "DefaultValue": "s3://<bucket>/a.csv"}], "Steps": []}',
      );
      const { pipelines, missing } = await run(root, 'blank.py', { kind: 'module' });
      expect(JSON.parse(pipelines[0]?.definition ?? '{}').Parameters).toEqual([
        { Name: 'In', DefaultValue: 's3://sagemaker-us-east-1-000000000000/a.csv' },
      ]);
      expect(missing).toEqual([
        '<bucket> cannot be the name of a bucket: sagemaker-us-east-1-000000000000 stands for it.',
      ]);
    },
    limit,
  );

  only(
    'names the object that a script cannot do without, and the generation of the SDK that it is written for',
    async () => {
      const failed = async (text: string): Promise<RenderError> => {
        writeFileSync(join(root, 'fails.py'), text);
        const told = await run(root, 'fails.py', { kind: 'module' }).catch((error: unknown) => error);
        if (!(told instanceof RenderError)) throw new Error('It was rendered.');
        return told;
      };
      const reads =
        'import boto3, json\nbody = boto3.client("s3").get_object(Bucket="nobodys-bucket", Key="a.json")["Body"]\n';
      const { message } = await failed(`${reads}json.loads(body.read())`);
      expect(message).toMatch(/NoSuchBucket: .* \(s3:\/\/nobodys-bucket\/a\.json\) With something in its place/);
      const older = await failed('from sagemaker import Session, no_such_name');
      expect(older.missing).toBe(version === '3' ? 'sagemaker<3' : undefined);
    },
    limit,
  );

  only(
    'needs no region, role or terminal, and finds steps made in loops',
    async () => {
      const lines = [
        `from sagemaker.${workflow}.pipeline import Pipeline`,
        `from sagemaker.${workflow}.fail_step import FailStep`,
        `from ${session} import Session, get_execution_role`,
        'print("noise", Session().boto_region_name)',
        'role = get_execution_role()',
        'steps = [',
        '    FailStep(name=f"Stop{at}", error_message=role)',
        '    for at in range(2)',
        ']',
        'pipeline = Pipeline(name="loops", steps=steps)',
      ];
      writeFileSync(join(root, 'loops.py'), lines.join('\n'));
      const [one] = (await run(root, 'loops.py')).pipelines;
      expect(Object.entries(one?.steps ?? {}).map(([name, { line, end }]) => [name, line, end])).toEqual([
        ['Stop0', 6, 6],
        ['Stop1', 6, 6],
      ]);
    },
    limit,
  );

  only(
    'does without data, an approved version, a role and a service that are not there',
    async () => {
      const lines = [
        'import boto3',
        `from sagemaker.${workflow}.pipeline import Pipeline`,
        `from sagemaker.${workflow}.fail_step import FailStep`,
        'sagemaker = boto3.Session(region_name="YOUR_REGION").client("sagemaker")',
        'versions = sagemaker.list_model_packages(ModelPackageGroupName="churn", ModelApprovalStatus="Approved")',
        'version = versions["ModelPackageSummaryList"][0]["ModelPackageArn"]',
        'boto3.client("s3").download_file("public-data", "rows.csv", "rows.csv")',
        'sagemaker.create_model(',
        '    ModelName="m", ExecutionRoleArn="arn:aws:iam::account_id:role/x", PrimaryContainer={"ModelPackageName": version}',
        ')',
        'job = boto3.client("glue").get_job(JobName="load")["Job"]["Name"]',
        'pipeline = Pipeline(name="p", steps=[FailStep(name="Stop", error_message=version + " " + job)])',
      ];
      writeFileSync(join(root, 'wants.py'), lines.join('\n'));
      const { missing, pipelines } = await run(root, 'wants.py');
      expect(missing).toEqual([
        expect.stringMatching(/^The model group churn has no approved version: one was made on Local/),
        's3://public-data/rows.csv is not there.',
        'Glue GetJob is not there on Local.',
      ]);
      expect(pipelines[0]?.definition).toContain('model-package/churn/1');
      expect(pipelines[0]?.unknown).toEqual(['stand-in-for-GetJob-Job-Name']);
    },
    limit,
  );

  only(
    'marks the line of the script, not of the SDK, where the SDK rejects something',
    async () => {
      const lines = [
        `from sagemaker.${core}.parameters import ParameterInteger`,
        '',
        'count = ParameterInteger(name="Count", default_value="three")',
      ];
      writeFileSync(join(root, 'wrong.py'), lines.join('\n'));
      const error: unknown = await run(root, 'wrong.py').catch((reason: unknown) => reason);
      if (!(error instanceof RenderError)) throw new Error(`Not a RenderError: ${String(error)}`);
      expect(error.message).toMatch(/^TypeError: /);
      expect([basename(error.place?.file ?? ''), error.place?.line]).toEqual(['wrong.py', 2]);
    },
    limit,
  );
});
