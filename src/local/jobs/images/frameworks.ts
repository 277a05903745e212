import { compareVersions, parseImage } from './image';

/** A version of a framework's package that has builds for a range of Pythons. */
export interface Release {
  version: string;
  /** The first and the last minor version of Python 3. */
  python: readonly [first: number, last: number];
  /** Packages that it needs in other versions than the newest. */
  also?: readonly string[];
}

/** A framework that SageMaker has images of, and the packages that such an image has. */
export interface Framework {
  title: string;
  /** Its distribution on PyPI. */
  package: string;
  /** Sorted; those of the images that any Python in use still has builds for. */
  releases: readonly Release[];
  /** Packages beside it. */
  packages: readonly string[];
  /** What its packages are imported as. */
  modules: readonly string[];
  /** The minor version of Python 3 of its images from a version on, where their tags do not say it. */
  pythons?: readonly (readonly [version: string, minor: number])[];
}

/** Later ones ask for NumPy 2. */
const arrow = 'pyarrow<20';

/** Later ones have no pkg_resources, which scripts and packages of the time of such an image ask for. */
export const setuptools = 'setuptools<81';

/** What nearly every image has. */
const common = ['numpy', 'pandas', 'scipy', 'boto3', 'requests', 'PyYAML', setuptools];
const commonModules = [
  'numpy',
  'pandas',
  'scipy',
  'boto3',
  'botocore',
  'requests',
  'yaml',
  'dateutil',
  'pkg_resources',
];

const scikitLearn: Framework = {
  title: 'scikit-learn',
  package: 'scikit-learn',
  releases: [
    { version: '1.0', python: [7, 10], also: ['numpy<1.24', 'pandas<2', setuptools, arrow] },
    // The last with what scripts for the images of 0.20 to 1.0 use, `load_boston` among it.
    { version: '1.1', python: [8, 11], also: ['numpy<1.24', 'pandas<2', 'scipy<1.11', setuptools, arrow] },
    { version: '1.2', python: [8, 11], also: ['numpy<2', 'pandas<3', 'scipy<1.15', setuptools, arrow] },
    { version: '1.4', python: [9, 12], also: ['numpy<2.1', 'pandas<3'] },
    { version: '1.6', python: [9, 13] },
    { version: '1.7', python: [10, 14] },
  ],
  // pandas writes Parquet by pyarrow, which the image has.
  packages: [...common, 'joblib', 'pyarrow'],
  modules: [...commonModules, 'sklearn', 'joblib', 'pyarrow', 'sagemaker_containers'],
  // https://github.com/aws/sagemaker-scikit-learn-container
  pythons: [
    ['0', 7],
    // Its later builds: 1.0-1 began with 3.7.
    ['1.0', 8],
    ['1.2', 9],
    ['1.4', 10],
  ],
};

const xgboost: Framework = {
  title: 'XGBoost',
  package: 'xgboost',
  releases: [
    {
      version: '1.6',
      python: [8, 11],
      also: ['numpy<1.24', 'pandas<2', 'scikit-learn<1.2', 'scipy<1.11', setuptools, arrow],
    },
    {
      version: '1.7',
      python: [8, 13],
      also: ['numpy<2', 'pandas<3', 'scikit-learn<1.6', 'scipy<1.15', setuptools, arrow],
    },
    { version: '2.1', python: [8, 14] },
    { version: '3.0', python: [10, 14] },
  ],
  packages: [...common, 'scikit-learn', 'pyarrow'],
  modules: [
    ...commonModules,
    'xgboost',
    'sklearn',
    'pyarrow',
    'joblib',
    'sagemaker_containers',
    'sagemaker_xgboost_container',
  ],
  // https://github.com/aws/sagemaker-xgboost-container
  pythons: [
    ['0', 7],
    ['1.5', 8],
    ['3.0', 10],
  ],
};

/** The index that has builds of PyTorch for processors alone; those of PyPI are larger by gigabytes. */
export const torchIndex = '--extra-index-url=https://download.pytorch.org/whl/cpu';

const pytorch: Framework = {
  title: 'PyTorch',
  package: 'torch',
  releases: [
    { version: '1.13', python: [7, 10], also: ['numpy<2', 'pandas<3', arrow] },
    { version: '2.1', python: [8, 11], also: ['numpy<2', 'pandas<3', arrow] },
    { version: '2.3', python: [8, 12], also: ['numpy<2', 'pandas<3', arrow] },
    { version: '2.6', python: [9, 13] },
    { version: '2.8', python: [9, 13] },
    { version: '2.9', python: [10, 14] },
  ],
  packages: [torchIndex, 'torchvision', ...common, 'scikit-learn'],
  modules: [...commonModules, 'torch', 'torchvision', 'sklearn'],
};

/** Without what only graphics cards need. */
export const tensorflowPackage = process.platform === 'darwin' ? 'tensorflow' : 'tensorflow-cpu';

const tensorflow: Framework = {
  title: 'TensorFlow',
  package: tensorflowPackage,
  releases: [
    { version: '2.11', python: [7, 10], also: ['numpy<1.24', 'protobuf<3.20', 'pandas<3', arrow] },
    { version: '2.13', python: [8, 11], also: ['numpy<1.25', 'pandas<3', arrow] },
    { version: '2.16', python: [9, 12], also: ['numpy<2', 'pandas<3', arrow] },
    { version: '2.19', python: [9, 12] },
    { version: '2.20', python: [9, 13] },
  ],
  packages: [...common, 'scikit-learn'],
  modules: [...commonModules, 'tensorflow', 'keras', 'sklearn'],
};

const mxnet: Framework = {
  title: 'MXNet',
  package: 'mxnet',
  releases: [{ version: '1.9', python: [6, 11], also: ['numpy==1.23.5', 'pandas<2.1', 'scipy<1.12'] }],
  packages: [...common, 'scikit-learn'],
  modules: [...commonModules, 'mxnet', 'sklearn'],
};

/** Frameworks by the repositories of their images. */
const repositories: readonly [RegExp, Framework][] = [
  [/^sagemaker-scikit-learn$/, scikitLearn],
  [/^(sagemaker-)?xgboost$/, xgboost],
  [/^pytorch-(training|inference)/, pytorch],
  [/^(sagemaker-)?tensorflow-(training|inference|scriptmode)/, tensorflow],
  [/^(sagemaker-)?mxnet-(training|inference)/, mxnet],
  [/^huggingface-pytorch-/, pytorch],
  [/^huggingface-tensorflow-/, tensorflow],
];

/** What an image has, as far as Local knows it. */
export interface FrameworkImage {
  framework: Framework;
  /** The framework's version in it; empty where its tag has none. */
  version: string;
  /** The version of Transformers that its tag names. */
  transformers?: string;
}

/**
 * The framework of an image; undefined for images that Local knows nothing of.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/ecr-us-east-1.html
 */
export function frameworkOf(uri: string): FrameworkImage | undefined {
  const { repository, tag } = parseImage(uri);
  const framework = repositories.find(([pattern]) => pattern.test(repository))?.[1];
  if (!framework) return undefined;
  const version = /^\d+(\.\d+)*/.exec(tag)?.[0] ?? '';
  const transformers = /transformers(\d+\.\d+(?:\.\d+)?)/.exec(tag)?.[1];
  return { framework, version, ...(transformers === undefined ? {} : { transformers }) };
}

/** The first version of Transformers whose tokenizers have builds, by the minor version of Python 3 that it is the first for. */
const firstTransformers: readonly (readonly [python: number, version: string])[] = [
  [0, '4.28'],
  [12, '4.36'],
  [13, '4.46'],
];

/** Transformers of an image for a Python, with what works beside it: its own version, or the nearest that there are builds for. */
export function transformersFor(image: string, python: number): { version: string; packages: string[] } {
  const own = image.split('.').slice(0, 2).join('.');
  const first = firstTransformers.findLast(([from]) => from <= python)?.[1] ?? own;
  const version = compareVersions(own, first) < 0 ? first : own;
  // Its trainers of before give accelerate what the first generation of that took away.
  const accelerate = compareVersions(version, '4.46') < 0 ? 'accelerate<1' : 'accelerate';
  return { version, packages: [`transformers==${version}.*`, 'datasets>=3', accelerate, 'evaluate'] };
}

/** What these packages are imported as. */
export const transformersModules = ['transformers', 'datasets', 'accelerate', 'tokenizers', 'evaluate'];

/**
 * The minor version of Python 3 in the image of a framework, by its tag (`py310`) or by its version; undefined where
 * neither says it.
 */
export function pythonOf(uri: string): number | undefined {
  const image = frameworkOf(uri);
  if (!image) return undefined;
  const told = /(?:^|-)py3(\d{1,2})(?:-|$)/.exec(parseImage(uri).tag)?.[1];
  if (told !== undefined) return Number(told);
  const { pythons = [] } = image.framework;
  const version = image.version.split('.').slice(0, 2).join('.');
  return version === '' ? undefined : pythons.findLast(([from]) => compareVersions(from, version) <= 0)?.[1];
}
