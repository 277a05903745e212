import { readdir } from 'node:fs/promises';
import type { Interpreter } from '../run/python';
import { setuptools, tensorflowPackage, torchIndex } from './frameworks';
import type { Recipe } from './recipe';

/** Packages that images of one's own usually have, by what they are imported as. */
const packages: Readonly<Record<string, string>> = {
  awswrangler: 'awswrangler',
  boto3: 'boto3',
  botocore: 'boto3',
  catboost: 'catboost',
  category_encoders: 'category-encoders',
  click: 'click',
  cv2: 'opencv-python-headless',
  datasets: 'datasets',
  dotenv: 'python-dotenv',
  gensim: 'gensim',
  imblearn: 'imbalanced-learn',
  joblib: 'joblib',
  lightgbm: 'lightgbm',
  loguru: 'loguru',
  matplotlib: 'matplotlib',
  mlflow: 'mlflow',
  networkx: 'networkx',
  nltk: 'nltk',
  numpy: 'numpy',
  openpyxl: 'openpyxl',
  optuna: 'optuna',
  // What most scripts were written for.
  pandas: 'pandas<3',
  PIL: 'pillow',
  pkg_resources: setuptools,
  plotly: 'plotly',
  polars: 'polars',
  prophet: 'prophet',
  pyarrow: 'pyarrow',
  pydantic: 'pydantic',
  requests: 'requests',
  s3fs: 's3fs',
  sagemaker: 'sagemaker<3',
  scipy: 'scipy',
  seaborn: 'seaborn',
  shap: 'shap',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  sqlalchemy: 'SQLAlchemy',
  statsmodels: 'statsmodels',
  tensorflow: tensorflowPackage,
  torch: 'torch',
  torchvision: 'torchvision',
  tqdm: 'tqdm',
  transformers: 'transformers',
  xgboost: 'xgboost',
  yaml: 'PyYAML',
};

/** The modules that an image of one's own is given where its scripts import them and the user's Python lacks them. */
export const ownModules: readonly string[] = Object.keys(packages);

/** What a notebook job needs of itself. */
const notebookPackages = ['nbclient', 'ipykernel', 'nbformat', 'boto3'];

/** The packages of a notebook job whose files import some modules, and call the command line of AWS where `usesAws`. */
export function notebookRecipe(modules: ReadonlySet<string>, usesAws: boolean): Recipe {
  const imported = [...modules].flatMap((module) =>
    Object.hasOwn(packages, module) ? [packages[module] ?? module] : [],
  );
  const wanted = new Set([...notebookPackages, ...imported, ...(usesAws ? ['awscli'] : [])]);
  return {
    title: 'Jupyter',
    packages: withIndex([...wanted].toSorted()),
    modules: ['nbclient', 'nbformat', 'ipykernel'],
    main: { package: 'nbclient', version: '' },
  };
}

/**
 * What stands for an image that Local knows nothing of: the packages that its scripts import, as far as these are
 * well known and the user's Python has them not; undefined where nothing is missing.
 */
export async function ownRecipe(modules: ReadonlySet<string>, { sites }: Interpreter): Promise<Recipe | undefined> {
  const wanted = ownModules.filter((module) => modules.has(module));
  if (wanted.length === 0) return undefined;
  const names = await Promise.all(sites.map((site) => readdir(site).catch((): string[] => [])));
  const there = new Set(names.flat().map((name) => name.replace(/(?:\.[\w-]+)*\.(?:py|so|pyd)$/, '')));
  const missing = wanted.filter((module) => !there.has(module));
  const [first] = missing;
  if (first === undefined) return undefined;
  const installed = [...new Set(missing.map((module) => packages[module] ?? module))].toSorted();
  return {
    title: installed.join(', '),
    packages: withIndex(installed),
    modules: missing,
    main: { package: packages[first] ?? first, version: '' },
    note: `Local does not have this image; of what its scripts import, your Python lacks ${installed.join(', ')}, in whatever version the image has`,
  };
}

/** Packages with the index that some of them are smaller in. */
function withIndex(wanted: readonly string[]): string[] {
  return wanted.some((one) => /^torch(?:vision)?$/.test(one)) ? [torchIndex, ...wanted] : [...wanted];
}
