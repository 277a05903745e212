import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { constraintsOf } from '../../../src/local/jobs/images/constraints';
import { compareVersions, parseImage } from '../../../src/local/jobs/images/image';
import { importsBelow, importsOf } from '../../../src/local/jobs/images/imports';
import { ownRecipe } from '../../../src/local/jobs/images/own';
import { recipeOf, remoteFunctionRecipe } from '../../../src/local/jobs/images/recipe';
import { makeTemp } from './support';

/* What Local makes of the names of images, and when it needs their packages. */

const ecr = (name: string): string => `683313688378.dkr.ecr.us-east-1.amazonaws.com/${name}`;

describe('images', () => {
  test('a name is read with or without a registry, a tag and a digest', () => {
    expect(parseImage(ecr('sagemaker-xgboost:1.7-1'))).toEqual({ repository: 'sagemaker-xgboost', tag: '1.7-1' });
    expect(parseImage('localhost:5000/a/b')).toEqual({ repository: 'b', tag: '' });
    expect(parseImage(`${ecr('b:2')}@sha256:${'0'.repeat(64)}`)).toEqual({ repository: 'b', tag: '2' });
  });

  test('versions are in the order of their numbers', () => {
    expect(['1.10', '1.9', '1', '2.0.1'].toSorted(compareVersions)).toEqual(['1', '1.9', '1.10', '2.0.1']);
  });
});

describe('recipes', () => {
  const titleOf = (name: string, python = '3.11.7'): string | undefined => recipeOf(ecr(name), python)?.title;

  test('an image has the version of its framework, or the nearest that this Python has builds of', () => {
    expect(titleOf('sagemaker-scikit-learn:1.2-1-cpu-py3')).toBe('scikit-learn 1.2');
    expect(titleOf('sagemaker-scikit-learn:0.23-1-cpu-py3')).toBe('scikit-learn 1.1');
    expect(titleOf('sagemaker-scikit-learn:0.23-1-cpu-py3', '3.9.1')).toBe('scikit-learn 1.0');
    expect(titleOf('sagemaker-scikit-learn:1.2-1-cpu-py3', '3.13.0')).toBe('scikit-learn 1.6');
    expect(titleOf('sagemaker-xgboost:1.10-1', '3.12.0')).toBe('XGBoost 2.1');
    expect(titleOf('pytorch-training:2.1.0-cpu-py310-ubuntu20.04-sagemaker')).toBe('PyTorch 2.1');
    expect(titleOf('tensorflow-training:2.19-cpu-py312')).toBe('TensorFlow 2.19');
    expect(titleOf('sagemaker-mxnet-training:1.9.0-cpu-py38', '3.13.0')).toBeUndefined();
  });

  test('what is beside NumPy 1 asks for no other', () => {
    const names = [
      'sagemaker-scikit-learn:1.0',
      'sagemaker-scikit-learn:1.2-1',
      'sagemaker-xgboost:1.5-1',
      'sagemaker-xgboost:1.7-1',
      'pytorch-training:1.13.1-cpu-py39',
      'tensorflow-training:2.13-cpu-py310',
    ];
    for (const name of names) expect(recipeOf(ecr(name), '3.10.2')?.packages).toContain('pyarrow<20');
    expect(recipeOf(ecr('sagemaker-scikit-learn:1.6'), '3.12.2')?.packages).not.toContain('pyarrow<20');
  });

  test('pkg_resources is there, as in every image', () => {
    for (const name of ['sagemaker-scikit-learn:1.6', 'pytorch-training:2.6.0-cpu-py312', 'sagemaker-xgboost:1.7-1']) {
      const { packages = [], modules } = recipeOf(ecr(name), '3.12.2') ?? {};
      expect(packages.filter((one) => one.startsWith('setuptools'))).toEqual(['setuptools<81']);
      expect(modules).toContain('pkg_resources');
    }
  });

  test('another version than the image has is said', () => {
    expect(recipeOf(ecr('sagemaker-scikit-learn:1.2-1'), '3.11.7')?.note).toBeUndefined();
    expect(recipeOf(ecr('sagemaker-scikit-learn:0.23-1'), '3.11.7')?.note).toBe(
      'the image has scikit-learn 0.23; 1.1 is the nearest for Python 3.11',
    );
  });

  test('an image of Hugging Face has its library too, one of the user nothing', () => {
    const image = ecr('huggingface-pytorch-training:2.1.0-transformers4.36.0-cpu-py310-ubuntu20.04');
    expect(recipeOf(image, '3.11.7')?.packages).toContain('transformers==4.36.*');
    expect(recipeOf(image, '3.11.7')?.note).toBeUndefined();
    expect(recipeOf(image, '3.11.7')?.modules).toContain('datasets');
    expect(titleOf('my-scikit-learn:1')).toBeUndefined();
    expect(titleOf('sagemaker-scikit-learn-extra:1')).toBeUndefined();
  });

  test('the library of Hugging Face is the nearest that its tokenizers have builds for, with what works beside it', () => {
    const old = ecr('huggingface-pytorch-training:1.9.1-transformers4.12.3-gpu-py38-cu111-ubuntu20.04');
    expect(recipeOf(old, '3.11.7')?.packages).toEqual(
      expect.arrayContaining(['transformers==4.28.*', 'accelerate<1', 'pandas<3', 'pyarrow<20']),
    );
    expect(recipeOf(old, '3.11.7')?.note).toBe(
      'the image has PyTorch 1.9.1; 2.1 is the nearest for Python 3.11, and the image has Transformers 4.12.3; 4.28 is the nearest for Python 3.11',
    );
    expect(recipeOf(old, '3.13.1')?.packages).toEqual(expect.arrayContaining(['transformers==4.46.*', 'accelerate']));
  });

  test("an image of one's own gets what is well known of what its scripts import, PyTorch from its own index", async () => {
    const python = { path: 'python3', base: '', version: '3.11.7', sites: [makeTemp()], pip: '' };
    const recipe = await ownRecipe(new Set(['cv2', 'torch', 'sagemaker', 'team_rows']), python);
    expect(recipe?.packages).toEqual([
      '--extra-index-url=https://download.pytorch.org/whl/cpu',
      'opencv-python-headless',
      'sagemaker<3',
      'torch',
    ]);
    expect((await ownRecipe(new Set(['cv2']), python))?.packages).toEqual(['opencv-python-headless']);
    expect(await ownRecipe(new Set(['team_rows']), python)).toBeUndefined();
  });

  test('what a job installs besides keeps to what works with its packages', () => {
    expect(recipeOf(ecr('pytorch-training:2.1.0-cpu-py310'), '3.11.7')?.limits).toEqual([
      'numpy<2',
      'pandas<3',
      'pyarrow<20',
    ]);
    expect(recipeOf(ecr('sagemaker-scikit-learn:1.6'), '3.12.2')?.limits).toBeUndefined();
  });
});

describe('what pip is kept from', () => {
  const lines = (name: string, python = '3.11.7'): readonly string[] | undefined =>
    constraintsOf(ecr(name), python)?.lines;

  test('is what the Python of the image would not get, where the Python here would', () => {
    expect(constraintsOf(ecr('sagemaker-scikit-learn:0.23-1-cpu-py3'), '3.11.7')).toEqual({
      python: 7,
      lines: ['sagemaker<3', 'numpy<2', 'shapely<2.1', 'pandas<2', 'protobuf<4', 'fiona<1.10', 'setuptools<69'],
    });
    expect(lines('sagemaker-scikit-learn:0.23-1-cpu-py3', '3.12.1')).toEqual([
      'sagemaker<3',
      'numpy<2',
      'shapely<2.1',
      'protobuf<4',
      'fiona<1.10',
      'setuptools<69',
    ]);
    expect(lines('sagemaker-scikit-learn:0.23-1-cpu-py3', '3.13.0')).toEqual([
      'sagemaker<3',
      'shapely<2.1',
      'protobuf<4',
      'setuptools<69',
    ]);
    expect(lines('sagemaker-scikit-learn:0.23-1-cpu-py3', '3.9.1')).toEqual([
      'numpy<2',
      'pandas<2',
      'protobuf<4',
      'fiona<1.10',
      'setuptools<69',
    ]);
    // Of 1.0 the later builds have Python 3.8, which pandas 2.0 is for.
    expect(lines('sagemaker-scikit-learn:1.0-1-cpu-py3')).toEqual(['sagemaker<3', 'numpy<2', 'shapely<2.1']);
    expect(lines('sagemaker-scikit-learn:1.2-1-cpu-py3')).toEqual(['sagemaker<3', 'shapely<2.1']);
    expect(lines('sagemaker-scikit-learn:1.2-1-cpu-py3', '3.9.1')).toBeUndefined();
    expect(lines('sagemaker-scikit-learn:1.4-2-cpu-py3')).toBeUndefined();
    expect(lines('sagemaker-xgboost:1.5-1')).toEqual(['sagemaker<3', 'numpy<2', 'shapely<2.1']);
    expect(lines('sagemaker-xgboost:3.0-5')).toBeUndefined();
    expect(lines('pytorch-training:1.13.1-cpu-py39-ubuntu20.04-sagemaker')).toEqual(['sagemaker<3', 'shapely<2.1']);
    expect(lines('pytorch-training:2.1.0-cpu-py310-ubuntu20.04-sagemaker')).toBeUndefined();
    expect(lines('my-own:1-py37')).toBeUndefined();
  });
});

describe('a function of @step', () => {
  test('needs the SDK that has written its job', () => {
    const command = ['/bin/bash', 'job_driver.sh', '--client_sagemaker_pysdk_version', '3.27.0'];
    expect(remoteFunctionRecipe(command)).toMatchObject({
      packages: ['sagemaker==3.27.0'],
      main: { package: 'sagemaker', version: '3.27' },
    });
    expect(remoteFunctionRecipe(['python3', 'train.py'])).toBeUndefined();
    expect(remoteFunctionRecipe(['x', '--client_sagemaker_pysdk_version', '2.0 --index-url=evil'])).toBeUndefined();
    expect(remoteFunctionRecipe(['x', '--client_sagemaker_pysdk_version'])).toBeUndefined();
  });
});

describe('imports', () => {
  test('are found in every form, at any depth of a script, and nowhere else', () => {
    const script = `
import os, json as j , numpy.linalg
from pandas import DataFrame
from . import sibling
def f():
    import sklearn.svm as svm
    from scipy.stats import norm
text = "import nothing"
# import commented
imported = 1
`;
    expect(importsOf(script)).toEqual(['os', 'json', 'numpy', 'pandas', 'sklearn', 'scipy']);
  });

  test('are those of scripts and notebooks; archives are told', async () => {
    const folder = makeTemp();
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/b/x.py'), 'import pandas');
    writeFileSync(
      join(folder, 'n.ipynb'),
      JSON.stringify({ cells: [{ source: ['import numpy\n', 'x = 1'] }] }, null, 1),
    );
    writeFileSync(join(folder, 'data.csv'), 'import nothing');
    const found = await importsBelow([folder, join(folder, 'gone')]);
    expect([...found.modules].toSorted()).toEqual(['numpy', 'pandas']);
    expect(found.hasArchive).toBe(false);
    writeFileSync(join(folder, 'a/sourcedir.tar.gz'), '');
    expect((await importsBelow([folder])).hasArchive).toBe(true);
  });
});
