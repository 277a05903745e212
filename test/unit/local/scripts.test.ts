/** What scripts read from the network at once, told where it cannot be found. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { ObjectStore } from '../../../src/local/domain/objects';
import { Python } from '../../../src/local/jobs/run/python';
import { type Script, Scripts, trainingScript } from '../../../src/local/jobs/run/scripts';
import { makeTemp } from './support';

const script = (text: string): Script => ({
  name: 'main.py',
  text,
  beside: ['own-model'],
  options: [],
  installs: true,
  provided: [],
  reads: [],
  words: [],
  variables: {},
});

/** The reasons against scripts, where only the hosts that are named can be found. */
async function reasons(texts: string[], ...found: string[]): Promise<string[][]> {
  const isFound = (host: string): Promise<boolean> => Promise.resolve(found.includes(host));
  const judge = new Scripts(new Python(undefined), resolve('media/python/judge_scripts.py'), isFound);
  return (await judge.judge(texts.map(script))).map((each) => [...each.reasons]);
}

const home = makeTemp();
vi.stubEnv('HF_HOME', home);
vi.stubEnv('TORCH_HOME', home);
vi.stubEnv('SCIKIT_LEARN_DATA', home);
afterAll(() => vi.unstubAllEnvs());

test('data, models and weights by their names at a hub are told, once each; files and what is kept already are not', async () => {
  const told = [
    'def main():\n    Model.from_pretrained("rows/of-nobody")\n    Model.from_pretrained("rows/of-nobody")\nmain()',
    'import torchvision\nresnet = torchvision.models.resnet18(pretrained=True)',
    'frame = fetch_openml(data_id=1)',
  ];
  const fine = [
    'load_dataset("csv", data_files="a.csv")',
    'M.from_pretrained("/opt/ml/model")',
    'M.from_pretrained("own-model")',
  ];
  const by = (host: string, what: string): string =>
    `main.py reads from ${host} by ${what}, which cannot be found from here`;
  expect(await reasons([...told, ...fine])).toEqual([
    [by('huggingface.co', 'from_pretrained("rows/of-nobody")')],
    [by('download.pytorch.org', 'resnet18(pretrained=True)')],
    [by('www.openml.org', 'fetch_openml()')],
    [],
    [],
    [],
  ]);
  const all = ['huggingface.co', 'download.pytorch.org', 'www.openml.org'];
  expect(await reasons(told, ...all)).toEqual([[], [], []]);
  // What the library itself leaves there is no model, and another model is not this one.
  mkdirSync(join(home, 'hub', 'models--rows--of-others'), { recursive: true });
  writeFileSync(join(home, 'hub', 'version.txt'), '1');
  expect(await reasons(told.slice(0, 1))).toEqual([[by('huggingface.co', 'from_pretrained("rows/of-nobody")')]]);
  mkdirSync(join(home, 'hub', 'models--rows--of-nobody'));
  expect(await reasons(told.slice(0, 1))).toEqual([[]]);
});

test('a name at a hub that the command gives is told; one that the script may have saved something by is not', async () => {
  vi.stubEnv('HF_HOME', join(home, 'empty'));
  const parser =
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("--model", default="rows/own")\nargs, _ = p.parse_known_args()\n';
  const texts = [
    `${parser}M.from_pretrained(args.model)`,
    `${parser}def main(name):\n    T.from_pretrained(name)\nmain(args.model)`,
    `${parser}trainer.save_model(args.model)\nM.from_pretrained(args.model)`,
    `${parser}if args.model.startswith("x"):\n    M.from_pretrained(args.model)`,
    'import os\nM.from_pretrained(os.environ["MODEL"])',
    'import seaborn as sns\nname = "penguins"\nsns.load_dataset(name)',
  ];
  const asked = texts.map((text) => ({ ...script(text), words: ['--model', 'rows/given'] }));
  const judge = new Scripts(new Python(undefined), resolve('media/python/judge_scripts.py'), () =>
    Promise.resolve(false),
  );
  const told = 'main.py reads from huggingface.co by from_pretrained("rows/given"), which cannot be found from here';
  expect((await judge.judge(asked)).map((each) => [...each.reasons])).toEqual([[told], [told], [], [], [], []]);
  vi.stubEnv('HF_HOME', home);
});

test('data sets that libraries download by their names are told, near misses are not', async () => {
  vi.stubEnv('KERAS_HOME', home);
  vi.stubEnv('SEABORN_DATA', join(home, 'none'));
  const told = [
    'import os\nfrom torchvision.datasets import MNIST\ndef main():\n    MNIST(os.getcwd(), train=True, download=True)\nmain()',
    'import torchvision\ntorchvision.datasets.CIFAR10(root="./data", download=True)',
    'from torchvision import datasets as d\nd.FashionMNIST("data", download=True)',
    'import tensorflow as tf\n(x, y), _ = tf.keras.datasets.mnist.load_data()',
    'from tensorflow.keras.datasets import imdb as reviews\nreviews.load_data(num_words=9)',
    'from keras.datasets import reuters\nreuters.load_data()',
    'import seaborn as sns\nrows = sns.load_dataset("penguins")',
  ];
  const fine = [
    'from torchvision.datasets import MNIST\nMNIST("data")',
    'from torchvision.datasets import MNIST\nMNIST("data", download=False)',
    'from torchvision.datasets import MNIST\nMNIST("/opt/ml/input/data/training", download=True)',
    'from torchvision.datasets import MNIST\nMNIST(args.root, download=True)',
    'from torchvision.datasets import ImageFolder\nImageFolder("data", download=True)',
    'from rows import MNIST\nMNIST("data", download=True)',
    'from rows.datasets import mnist\nmnist.load_data()',
    'from torchvision.datasets import MNIST\ntry:\n    MNIST("data", download=True)\nexcept RuntimeError:\n    pass',
    'import keras\nkeras.models.mnist.load_data()',
  ];
  const by = (host: string, what: string): string =>
    `main.py reads from ${host} by ${what}, which cannot be found from here`;
  expect(await reasons([...told, ...fine])).toEqual([
    [by('ossci-datasets.s3.amazonaws.com', 'MNIST(download=True)')],
    [by('www.cs.toronto.edu', 'CIFAR10(download=True)')],
    [by('ossci-datasets.s3.amazonaws.com', 'FashionMNIST(download=True)')],
    [by('storage.googleapis.com', 'mnist.load_data()')],
    [by('storage.googleapis.com', 'imdb.load_data()')],
    [by('storage.googleapis.com', 'reuters.load_data()')],
    [by('raw.githubusercontent.com', 'load_dataset("penguins")')],
    ...fine.map(() => []),
  ]);
  mkdirSync(join(home, 'datasets'));
  writeFileSync(join(home, 'datasets', 'mnist.npz'), '');
  expect(await reasons(told.slice(3, 4))).toEqual([[]]);
});

test('a repository that is cloned to be read is told by its address', async () => {
  const address = 'https://git.invalid/team/data.git';
  const told = [
    `import dvc.api\nwith dvc.api.open("a.csv", repo="${address}", rev="main") as file:\n    pass`,
    `dvc.api.read("a.csv", repo="${address}")`,
    `Repo.clone_from("${address}", "data")`,
  ];
  const fine = [
    'dvc.api.open("a.csv")',
    'dvc.api.open("a.csv", repo=".")',
    'box.open("a.csv", repo="https://x.invalid")',
  ];
  const reason = `main.py reads ${address}, whose host cannot be found from here`;
  expect(await reasons([...told, ...fine])).toEqual([[reason], [reason], [reason], [], [], []]);
  expect(await reasons(told, 'git.invalid')).toEqual([[], [], []]);
});

test('of a notebook job it is the code of the notebook', async () => {
  const path = join(makeTemp(), 'count.ipynb');
  const cells = [
    '%%writefile a.py\nimport b',
    '!pip install c\nimport d\n%matplotlib inline',
    'read_csv("https://rows.invalid/a.csv")',
  ];
  writeFileSync(path, JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) }));
  const get = (bucket: string, key: string): object | undefined =>
    `${bucket}/${key}` === 'b/in/count.ipynb' ? { path, size: 1 } : undefined;
  const job = {
    AlgorithmSpecification: { ContainerEntrypoint: ['amazon_sagemaker_scheduler'] },
    Environment: { SM_INPUT_NOTEBOOK_NAME: 'count.ipynb' },
    InputDataConfig: [{ DataSource: { S3DataSource: { S3Uri: 's3://b/in' } } }],
  };
  const found = await trainingScript(job, { get } as unknown as ObjectStore);
  expect(found?.name).toBe('count.ipynb');
  expect(found?.text.trim().split('\n')).toEqual(['import d', '', 'read_csv("https://rows.invalid/a.csv")']);
  expect(await reasons([found?.text ?? ''])).toEqual([
    ['main.py reads https://rows.invalid/a.csv, whose host cannot be found from here'],
  ]);
});
