import { join } from 'node:path';
import { compareVersions, parseImage } from './image';
import { type Recipe, algorithmRecipe, recipeOf } from './recipe';

/** How a built-in algorithm of an image runs on this machine. */
export interface Algorithm {
  /** What the log says of it. */
  line: string;
  /** Its program and arguments, for the Python of the recipe. */
  command: string[];
  /** Variables of its own. */
  env: Record<string, string>;
  recipe: (python: string) => Recipe | undefined;
  /** The metrics that the service reads from its log without being told. */
  metrics: readonly { Name: string; Regex: string }[];
}

/** Algorithms that scikit-learn's methods stand for, by the repositories of their images, with what stands for them. */
export const standIns: Readonly<Record<string, { title: string; by: string; metrics: readonly string[] }>> = {
  'linear-learner': {
    title: 'Linear learner',
    by: 'ridge or logistic regression',
    metrics: [
      'objective_loss',
      'mse',
      'rmse',
      'binary_classification_accuracy',
      'multiclass_accuracy',
      'binary_f_1.000',
      'precision',
      'recall',
    ],
  },
  kmeans: { title: 'K-means', by: 'KMeans', metrics: ['msd', 'ssd'] },
  pca: { title: 'PCA', by: 'PCA', metrics: [] },
  knn: { title: 'K-nearest neighbors', by: 'KNeighbors', metrics: ['accuracy', 'macro_f_1.000', 'mse'] },
  'factorization-machines': {
    title: 'Factorization machines',
    by: 'linear regression over products of a projection',
    metrics: ['rmse', 'binary_classification_accuracy', 'binary_classification_cross_entropy'],
  },
};

/** Metrics of XGBoost that it may print. */
const xgboostMetrics =
  'rmse mae logloss error merror mlogloss auc aucpr ndcg map mse accuracy f1 balanced_accuracy f1_macro f1_binary precision precision_macro r2 recall recall_macro rmsle mape mphe cox-nloglik gamma-nloglik gamma-deviance poisson-nloglik aft-nloglik'.split(
    ' ',
  );

const number = '([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)';

/**
 * The built-in algorithm of an image; undefined for images that are none, or whose algorithm nothing here stands for.
 * @param programs the folder of the programs, `media/python/algorithms`
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
 */
export function algorithmOf(uri: string, programs: string): Algorithm | undefined {
  const { repository, tag } = parseImage(uri);
  if (/^(sagemaker-)?xgboost$/.test(repository)) {
    const version = /^\d+(\.\d+)?/.exec(tag)?.[0] ?? '';
    const isOld = compareVersions(version === '' ? '0' : version, '1.3') < 0;
    return {
      line: 'XGBoost runs as the package xgboost, without its container.',
      command: ['python3', join(programs, 'train_xgboost.py')],
      env: isOld ? { LOCAL_PICKLED_MODEL: '1' } : {},
      recipe: (python) => recipeOf(uri, python),
      metrics: ['train', 'validation'].flatMap((channel) =>
        xgboostMetrics.map((name) => ({ Name: `${channel}:${name}`, Regex: `\\t${channel}-${name}:${number}` })),
      ),
    };
  }
  const standIn = Object.hasOwn(standIns, repository) ? standIns[repository] : undefined;
  if (!standIn) return undefined;
  return {
    line: `${standIn.title} is stood in for by scikit-learn (${standIn.by}): its numbers are not those of the algorithm itself.`,
    command: ['python3', join(programs, 'train_sklearn.py'), repository],
    env: {},
    recipe: algorithmRecipe,
    metrics: ['train', 'validation', 'test'].flatMap((channel) =>
      standIn.metrics.map((name) => ({
        Name: `${channel}:${name}`,
        Regex: `#quality_metric: .*${channel} ${name.replaceAll('.', '\\.')} <(?:loss|score)>=${number}`,
      })),
    ),
  };
}

/**
 * The images of built-in algorithms whose models only they can read.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/ecr-us-east-1.html
 */
const builtIns: ReadonlySet<string> = new Set(
  'blazingtext forecasting-deepar image-classification ipinsights lda ntm object-detection object2vec randomcutforest semantic-segmentation seq2seq'.split(
    ' ',
  ),
);

/** The repository of an image of a built-in algorithm that nothing here stands for; undefined for other images. */
export function unknownAlgorithm(uri: string): string | undefined {
  const { repository } = parseImage(uri);
  return builtIns.has(repository) ? repository : undefined;
}
