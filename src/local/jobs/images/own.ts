import { readdir } from 'node:fs/promises';
import type { Interpreter } from '../run/python';
import { torchIndex } from './frameworks';
import type { Recipe } from './recipe';

/** Packages that images of one's own usually have, by what they are imported as. */
const packages: Readonly<Record<string, string>> = {
  boto3: 'boto3',
  botocore: 'boto3',
  catboost: 'catboost',
  datasets: 'datasets',
  imblearn: 'imbalanced-learn',
  joblib: 'joblib',
  lightgbm: 'lightgbm',
  matplotlib: 'matplotlib',
  mlflow: 'mlflow',
  numpy: 'numpy',
  optuna: 'optuna',
  // What most scripts were written for.
  pandas: 'pandas<3',
  PIL: 'pillow',
  plotly: 'plotly',
  pyarrow: 'pyarrow',
  requests: 'requests',
  s3fs: 's3fs',
  scipy: 'scipy',
  seaborn: 'seaborn',
  shap: 'shap',
  sklearn: 'scikit-learn',
  statsmodels: 'statsmodels',
  tqdm: 'tqdm',
  xgboost: 'xgboost',
  yaml: 'PyYAML',
};

/** The modules that an image of one's own is given where its scripts import them and the user's Python lacks them. */
export const ownModules: readonly string[] = Object.keys(packages);

/** What a notebook job needs of itself, and what the image of such jobs has besides. */
const notebookPackages = ['nbclient', 'ipykernel', 'nbformat', 'boto3'];
const ofNotebooks: Readonly<Record<string, string>> = {
  sagemaker: 'sagemaker<3',
  torch: 'torch',
  transformers: 'transformers',
};

/** The packages of a notebook job whose files import some modules, and call the command line of AWS where `usesAws`. */
export function notebookRecipe(modules: ReadonlySet<string>, usesAws: boolean): Recipe {
  const known = { ...packages, ...ofNotebooks };
  const imported = [...modules].flatMap((module) => (Object.hasOwn(known, module) ? [known[module] ?? module] : []));
  const index = imported.includes('torch') ? [torchIndex] : [];
  const wanted = new Set([...index, ...notebookPackages, ...imported, ...(usesAws ? ['awscli'] : [])]);
  return {
    title: 'Jupyter',
    packages: [...wanted].toSorted(),
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
    packages: installed,
    modules: missing,
    main: { package: packages[first] ?? first, version: '' },
    note: `Local does not have this image; of what its scripts import, your Python lacks ${installed.join(', ')}, in whatever version the image has`,
  };
}
