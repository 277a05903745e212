import { parseS3Uri } from '../../domain/arns';
import type { ModelSource } from '../../domain/model-source';
import type { Container } from './container';
import { type Transfer, TransferError } from './transfer';

/**
 * Puts a model into a container's `/opt/ml/model`, and its script, where that lies in S3 by itself, into `/opt/ml/code`.
 * @returns the folder of the script, where it is not the model's own `code`
 * @throws {TransferError}
 */
export async function placeModel(
  container: Container,
  { data, environment }: ModelSource,
  transfer: Transfer,
): Promise<string | undefined> {
  const folder = container.path('model');
  container.makeFolders(folder);
  if (data !== undefined) {
    if (parseS3Uri(data) === undefined) throw new TransferError(`'${data}' is not an S3 URI such as s3://bucket/key.`);
    if (!data.endsWith('.tar.gz') && !data.endsWith('.tgz')) await transfer.download(data, folder);
    else if (transfer.object(data)) await unpack(data, folder, transfer);
    else throw new TransferError(`Could not find model data at ${data}.`);
  }
  await container.rewriteScripts(container.path('model', 'code'));
  const { SAGEMAKER_SUBMIT_DIRECTORY: submitted } = environment;
  if (submitted === undefined) return undefined;
  if (parseS3Uri(submitted) === undefined) {
    const inside = submitted.replace(/^file:\/\//, '');
    return container.locate(inside);
  }
  const code = container.path('code');
  await unpack(submitted, code, transfer);
  await container.rewriteScripts(code);
  return code;
}

async function unpack(uri: string, folder: string, transfer: Transfer): Promise<void> {
  try {
    await transfer.unpack(uri, folder);
  } catch (error) {
    if (error instanceof TransferError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new TransferError(`${uri} is not a gzip-compressed tar archive: ${why}.`);
  }
}
