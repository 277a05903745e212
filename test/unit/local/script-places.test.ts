/** What scripts read in S3 by themselves, as far as their text, their command and their variables tell it. */
import { createReadStream, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { objects } from '../../../src/local/domain/objects';
import { judgeScripts, refuseSteps } from '../../../src/local/engine/refusals';
import { Python } from '../../../src/local/jobs/run/python';
import { type Places, Scripts, trainingScript } from '../../../src/local/jobs/run/scripts';
import { stepsOf, openStore } from './engine-bed';
import { makeTemp, shellStep } from './support';

const scripts = new Scripts(new Python(undefined), resolve('media/python/judge_scripts.py'), () =>
  Promise.resolve(true),
);

interface Case {
  what: string;
  text: string;
  words?: (string | null)[];
  needed?: string[];
  listed?: string[];
}

async function placesOf(cases: readonly Omit<Case, 'what'>[]): Promise<Places[]> {
  const found = await scripts.judge(
    cases.map(({ text, words = [] }) => ({
      name: 'main.py',
      text,
      beside: [],
      options: [],
      installs: true,
      provided: [],
      reads: [],
      words,
      variables: { RAW: 's3://env-rows/raw', BUCKET: 'env-rows' },
    })),
  );
  return found.map(({ places }) => places);
}

const client = 'import boto3, os, argparse\nimport pandas as pd\ns3 = boto3.client("s3")\n';
const parser =
  'p = argparse.ArgumentParser()\np.add_argument("--bucket", type=str)\np.add_argument("--prefix", default="raw")\np.add_argument("--days", type=int, default=3)\nargs, _ = p.parse_known_args()\n';
const given = ['--bucket', 'rows', '--days', '7'];

const cases: Case[] = [
  {
    what: 'an object whose bucket is an argument and whose key is written',
    text: `${client}${parser}s3.download_file(args.bucket, f"{args.prefix}/a.csv", "a.csv")`,
    words: given,
    needed: ['s3://rows/raw/a.csv'],
  },
  {
    what: 'an argument that only a run can tell',
    text: `${client}${parser}s3.download_file(args.bucket, "a.csv", "a.csv")`,
    words: ['--bucket', null],
  },
  {
    what: 'an option that is not there to be told: its default',
    text: `${client}${parser}s3.get_object(Bucket="rows", Key=args.prefix)`,
    needed: ['s3://rows/raw'],
  },
  {
    what: 'a word that may be any option',
    text: `${client}${parser}s3.get_object(Bucket="rows", Key=args.prefix)`,
    words: [null, 'x'],
    needed: ['s3://rows/'],
  },
  {
    what: 'words of which nothing is known',
    text: `${client}import sys\ns3.download_file(sys.argv[1], "a.csv", "a.csv")`,
    words: ['rows'],
    needed: ['s3://rows/a.csv'],
  },
  {
    what: 'variables that the definition gives, and no others',
    text: `${client}pd.read_csv(os.environ["RAW"] + "/a.csv")\npd.read_csv(os.environ.get("OTHER", "s3://rows/b.csv"))\ns3.get_object(Bucket=os.getenv("BUCKET"), Key="c.csv")`,
    needed: ['s3://env-rows/raw/a.csv', 's3://env-rows/c.csv'],
  },
  {
    what: 'a listing whose contents it cannot do without',
    text: `${client}def main(bucket, prefix="raw/"):\n    for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:\n        s3.download_file(bucket, one["Key"], "x")\nif __name__ == "__main__":\n    main("rows")`,
    needed: ['s3://rows/raw/'],
  },
  {
    what: 'a listing of which it takes what it finds, by pages',
    text: `${client}keys = []\nfor page in s3.get_paginator("list_objects_v2").paginate(Bucket="rows", Prefix="raw/"):\n    for one in page.get("Contents", []):\n        keys.append(one["Key"])\nfor key in keys:\n    s3.download_file("rows", key, os.path.basename(key))`,
    listed: ['s3://rows/raw/'],
  },
  {
    what: 'a listing of a resource',
    text: 'import boto3\nbucket = boto3.resource("s3").Bucket("rows")\nfor one in bucket.objects.filter(Prefix="raw/"):\n    if one.key.endswith(".csv"):\n        bucket.download_file(one.key, "x")',
    listed: ['s3://rows/raw/'],
  },
  {
    what: 'a listing that continues, by keywords in a dictionary',
    text: `${client}asked = {"Bucket": "rows", "Prefix": "raw/"}\nwhile True:\n    answer = s3.list_objects_v2(**asked)\n    frames = [pd.read_csv(s3.get_object(Bucket="rows", Key=one["Key"])["Body"]) for one in answer["Contents"]]\n    if not answer.get("IsTruncated"):\n        break\n    asked["ContinuationToken"] = answer["NextContinuationToken"]`,
    needed: ['s3://rows/raw/'],
  },
  {
    what: 'a listing of which nothing is taken: whether something is there',
    text: `${client}done = {one["Key"] for one in s3.list_objects_v2(Bucket="rows", Prefix="done/").get("Contents", [])}\nprint(done)`,
  },
  {
    what: 'readers of tables, files and the SDK',
    text: `${client}import awswrangler as wr, s3fs\nfrom sagemaker.s3 import S3Downloader\nraw = "s3://rows/"\npd.read_parquet(path=raw + "a")\nwr.s3.read_csv("s3a://rows/b.csv")\nfs = s3fs.S3FileSystem()\nwith fs.open("rows/c.csv", "rb") as f:\n    pass\nS3Downloader.download(s3_uri="s3://rows/d", local_path="x")\nspark.read.option("header", True).csv("{}/{}".format(raw.rstrip("/"), "e"))\nboto3.resource("s3").Object("rows", "f").get()`,
    needed: ['s3://rows/a', 's3://rows/b.csv', 's3://rows/c.csv', 's3://rows/d', 's3://rows/e', 's3://rows/f'],
  },
  {
    what: 'a key that is known in part: nothing begins so',
    text: `${client}import datetime\ns3.get_object(Bucket="rows", Key=f"raw/{datetime.date.today()}/a.csv")`,
    needed: ['s3://rows/raw/'],
  },
  {
    what: 'an address that is taken apart',
    text: `${client}from urllib.parse import urlparse\nat = urlparse("s3://rows/raw/a.csv")\ns3.download_file(at.netloc, at.path.lstrip("/"), "a.csv")`,
    needed: ['s3://rows/raw/a.csv'],
  },
  {
    what: 'an argument that is taken apart by its slashes',
    text: `${client}${parser}parts = args.bucket.split("/")\nboto3.resource("s3").Bucket(parts[2]).download_file("/".join(parts[3:]), "x")`,
    words: ['--bucket', 's3://rows/raw/a.csv'],
    needed: ['s3://rows/raw/a.csv'],
  },
  {
    what: 'methods of a class of its own',
    text: 'import boto3\nclass Loader:\n    def __init__(self, bucket):\n        self.s3 = boto3.Session().client("s3")\n        self.bucket = bucket\n    def load(self, key):\n        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()\nLoader("rows").load("a.csv")',
    needed: ['s3://rows/a.csv'],
  },
  {
    what: 'each of some names that are written',
    text: `${client}for name in ["a", "b"]:\n    pd.read_csv(f"s3://rows/{name}.csv")`,
    needed: ['s3://rows/a.csv', 's3://rows/b.csv'],
  },
  {
    what: 'what fails all the same',
    text: `${client}import sys\ntry:\n    pd.read_csv("s3://rows/a.csv")\nexcept Exception as error:\n    print(error)\n    sys.exit(1)\ntry:\n    pd.read_csv("s3://rows/b.csv")\nexcept Exception:\n    pass`,
    needed: ['s3://rows/a.csv'],
  },
  {
    what: 'what it has written itself, or may have',
    text: `${client}df.to_csv("s3://rows/a.csv")\npd.read_csv("s3://rows/a.csv")\ns3.upload_file("x", "rows", f"out/{now}.csv")\npd.read_csv("s3://rows/out/b.csv")\npd.read_csv("s3://rows/other.csv")`,
    needed: ['s3://rows/other.csv'],
  },
  {
    what: 'what others may have written, given the place or the client',
    text: `${client}import helper\nhelper.fetch("s3://rows/a.csv")\npd.read_csv("s3://rows/a.csv")\npd.read_csv("s3://rows/b.csv")\nhelper.fill(s3)\npd.read_csv("s3://rows/c.csv")`,
    needed: ['s3://rows/b.csv'],
  },
  {
    what: 'what it reads before it writes there',
    text: `${client}pd.read_csv("s3://rows/a.csv")\ns3.put_object(Bucket="rows", Key="a.csv", Body=b"")`,
    needed: ['s3://rows/a.csv'],
  },
  {
    what: 'what is only read if something holds, and what is never called',
    text: `${client}if os.path.exists("x"):\n    pd.read_csv("s3://rows/a.csv")\nfor one in os.listdir("."):\n    pd.read_csv("s3://rows/b.csv")\ndef never():\n    pd.read_csv("s3://rows/c.csv")\nready() and pd.read_csv("s3://rows/d.csv")`,
  },
  {
    what: 'what follows something that may have ended it',
    text: `${client}import sys\ndef load():\n    if os.path.exists("x"):\n        return pd.read_csv("x")\n    return pd.read_csv("s3://rows/a.csv")\nload()\npd.read_csv("s3://rows/b.csv")\nif done():\n    sys.exit()\npd.read_csv("s3://rows/c.csv")`,
    needed: ['s3://rows/b.csv'],
  },
  {
    what: 'a value that is known to decide',
    text: `${client}${parser}if args.bucket is None:\n    pd.read_csv("s3://none/a.csv")\nelse:\n    pd.read_csv(f"s3://{args.bucket}/a.csv")`,
    words: given,
    needed: ['s3://rows/a.csv'],
  },
  {
    what: 'a store that is not S3, and clients of other services',
    text: `${client}boto3.client("s3", endpoint_url="http://minio").get_object(Bucket="rows", Key="a")\nboto3.client("glue").get_object(Bucket="rows", Key="b")\npd.read_csv("gs://rows/c.csv")\npd.read_csv("rows/d.csv")`,
  },
  {
    what: 'a place that another branch gives',
    text: `${client}place = "s3://rows/a.csv"\nif os.path.exists("x"):\n    place = "x"\npd.read_csv(place)`,
  },
  {
    what: 'what is no Python that is followed',
    text: `${client}async def f():\n    async for x in y:\n        pass\nf()`,
  },
];

test('the places that a script reads are told as far as they are sure', async () => {
  const found = await placesOf(cases);
  const told = cases.map(({ what }, at) => ({ what, ...found[at] }));
  expect(told).toEqual(cases.map(({ what, needed = [], listed = [] }) => ({ what, needed, listed })));
  // Those that have been looked at are not looked at again, and say the same.
  expect(await placesOf(cases)).toEqual(found);
});

const store = openStore();

test('a script that lists a prefix which is not there is refused with all the rest, before anything runs', async () => {
  const text = `${client}${parser}for one in s3.list_objects(Bucket=args.bucket, Prefix=args.prefix)["Contents"]:\n    s3.get_object(Bucket=args.bucket, Key=one["Key"])\n`;
  const file = join(makeTemp(), 'a.py');
  writeFileSync(file, text);
  objects(store).createBucket('code');
  await objects(store).put('code', 'a.py', createReadStream(file));
  const folder = '/opt/ml/processing/input/code';
  const asks = {
    AppSpecification: {
      ImageUri: 'i',
      ContainerEntrypoint: ['python3', `${folder}/a.py`],
      ContainerArguments: ['--bucket', { Get: 'Parameters.Bucket' }, '--prefix', 'raw/2024'],
    },
    ProcessingInputs: [{ InputName: 'code', S3Input: { S3Uri: 's3://code/a.py', LocalPath: folder } }],
  };
  const steps = stepsOf(shellStep('A', '', asks), { Name: 'Q', Type: 'Quantum', Arguments: {} });
  const parameters = new Map([['Bucket', { type: 'String' as const, value: 'rows' }]]);
  const judged = await judgeScripts(steps, parameters, objects(store), scripts);
  const start = (has: (uri: string) => boolean, chosen = steps): void =>
    refuseSteps(chosen, parameters, { has, scripts: judged });
  const isCode = (uri: string): boolean => uri === 's3://code/a.py';
  expect(() => start(isCode)).toThrow("'A': it reads s3://rows/raw/2024, which is not there; 'Q': Local does not run");
  expect(() => start(isCode, steps.slice(0, 1))).toThrow("1 of the 1 steps: 'A': it reads s3://rows/raw/2024");
  expect(() => start(() => true, steps.slice(0, 1))).not.toThrow();
});

test('a training script has its hyperparameters as options and as variables', async () => {
  const { strToU8 } = await import('fflate');
  const { packTar } = await import('modern-tar');
  const { gzipSync } = await import('node:zlib');
  const source = `${client}${parser}pd.read_csv(f"s3://{args.bucket}/a.csv")\npd.read_csv(f's3://{os.environ["SM_HP_BUCKET"]}/b.csv')\n`;
  const tar = await packTar([
    { header: { name: 'train.py', size: source.length, type: 'file' }, body: strToU8(source) },
  ]);
  const path = join(makeTemp(), 'source.tar.gz');
  writeFileSync(path, gzipSync(tar));
  const found = await trainingScript(
    {
      AlgorithmSpecification: { TrainingImage: 'i' },
      HyperParameters: {
        sagemaker_program: '"train.py"',
        sagemaker_submit_directory: 's3://b/source.tar.gz',
        bucket: '"rows"',
      },
    },
    { get: () => ({ path, size: 1 }) } as never,
  );
  expect(found?.words).toEqual(['--bucket', 'rows']);
  const judged = found && (await scripts.judge([found]));
  expect(judged?.[0]?.places.needed).toEqual(['s3://rows/a.csv', 's3://rows/b.csv']);
});
