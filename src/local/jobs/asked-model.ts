/** The model that an analysis of Clarify asks: it is put beside the program, as a transform job has it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import serving from '../../../media/python/serving.py';
import { endpoints } from '../domain/endpoints';
import { modelSource } from '../domain/model-source';
import { isRecord } from '../wire/validate';
import { algorithmOf } from './images/algorithms';
import type { Launch, Work } from './kind';
import { recordIn } from './refuse';
import { ClientError } from './run/errors';
import { placeModel } from './run/model';

/** What a job gets with a model. */
export interface AskedModel {
  launch: Pick<Launch, 'image' | 'requirements' | 'recipe'>;
  variables: Record<string, string>;
}

/** The variable that names the model of a step, which its configuration need not. */
export const modelVariable = 'model_name';

/**
 * Places what `analysis_config.json` asks for beside the data set: the model that `predictor` names (else the one of the
 * step, else the one that the monitored endpoint serves), and the baseline of SHAP values that lies in S3. Undefined where
 * the analysis asks no model.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html
 */
export async function askedModel(work: Work<CreateProcessingJobRequest>): Promise<AskedModel | undefined> {
  const { container, transfer, store, request } = work;
  const named = request.Environment?.analysis_config;
  const config = configIn(container.path('processing'), named === undefined ? undefined : container.locate(named));
  if (!config) return undefined;
  const methods = recordIn(config, 'methods');
  const shap = methods && recordIn(methods, 'shap');
  const needsModel =
    shap !== undefined || (methods?.post_training_bias !== undefined && !('predicted_label' in config));
  const name = needsModel ? modelOf(config, request, store) : undefined;
  if (name === undefined) return undefined;
  const source = modelSource(store, name);
  if (source.multiModel) throw new ClientError(`The model ${name} is a multi-model container, which explains no rows.`);
  const submitted = await placeModel(container, source, transfer);
  const folder = container.path('clarify');
  container.makeFolders(folder);
  await writeFile(join(folder, 'serving.py'), serving);
  const variables: Record<string, string> = {
    ...source.environment,
    PYTHONDONTWRITEBYTECODE: '1',
    MLOPS_FLOW_SERVING: folder,
    MLOPS_FLOW_IMAGE: source.image,
    SM_MODEL_DIR: container.path('model'),
  };
  if (typeof shap?.baseline === 'string') {
    const place = container.path('clarify', 'baseline');
    await transfer.download(shap.baseline, place);
    variables.MLOPS_FLOW_SHAP_BASELINE = place;
  }
  const code = submitted ?? container.path('model', 'code');
  const requirements = join(code, 'requirements.txt');
  const algorithm = algorithmOf(source.image, '');
  return {
    launch: {
      image: source.image,
      ...(algorithm && !existsSync(code) ? { recipe: algorithm.recipe } : {}),
      ...(existsSync(requirements) ? { requirements } : {}),
    },
    variables: { ...variables, SAGEMAKER_SUBMIT_DIRECTORY: code },
  };
}

function modelOf(
  config: Record<string, unknown>,
  { Environment: variables = {} }: CreateProcessingJobRequest,
  store: Work<CreateProcessingJobRequest>['store'],
): string | undefined {
  const predictor = recordIn(config, 'predictor') ?? {};
  const { model_name: model, endpoint_name: named } = predictor;
  if (typeof model === 'string') return model;
  const endpoint = typeof named === 'string' ? named : (variables.sagemaker_endpoint_name ?? '');
  return variables[modelVariable] ?? endpoints(store).get(endpoint)?.fleet?.variants[0]?.model;
}

/** The analysis configuration among the inputs of a job; undefined where there is none, or none that can be read. */
function configIn(folder: string, named: string | undefined): Record<string, unknown> | undefined {
  if (!existsSync(folder)) return undefined;
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .find((each) => /(^|[\\/])analysis_config[^\\/]*\.json$/.test(each) && statSync(each).isFile());
  const path = named ?? found;
  if (path === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(config) ? config : undefined;
  } catch {
    // The program says what is wrong with it.
    return undefined;
  }
}
