import type { Session } from '../../aws';
import { settings } from '../../workbench';
import type { Provenance } from '../model';
import type { FormParameter } from '../panels/run-form/contract';
import { digestOf } from '../provenance';
import { type DefinitionFile, provenanceNow } from '../workspace';
import type { StartRequest } from './start';
import { uploadSources } from './upload';

/** What a run is made of. */
export interface Ingredients {
  pipeline: string;
  /** The definition's file; absent where the workspace has none, and nothing is copied for the run. */
  file?: DefinitionFile | undefined;
  /** The text of the definition that will run. */
  definition: string;
  parameters: readonly FormParameter[];
  /** What differs from the defaults of the definition. */
  values: Readonly<Record<string, string>>;
  /** Files and folders by the parameter that names their place. */
  uploads: ReadonlyMap<string, string>;
}

/** Copies what the run reads, and says where it comes from. */
export async function composeRun(
  session: Session,
  { pipeline, file, definition, parameters, values, uploads }: Ingredients,
): Promise<Omit<StartRequest, 'displayName' | 'token'>> {
  const copied = file
    ? await uploadSources(session, { root: file.folder.uri.fsPath, sources: uploads, parameters, values })
    : { values: {}, uploads: [] };
  const all = { ...values, ...copied.values };
  const from = file ? await provenanceNow(file, definition) : { digest: digestOf(definition) };
  const provenance: Provenance = { ...from, uploads: copied.uploads };
  const roleArn = file && settings('pipelines.roleArn', file.uri);
  return { pipeline, definition, provenance, values: all, ...(roleArn ? { roleArn } : {}) };
}
