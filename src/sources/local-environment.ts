/** The environment in which a program's AWS is Local. */
import { join } from 'node:path';

/** Where Local listens, with its keys. */
export interface LocalAccess {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * The variables that point AWS's clients at Local: endpoint, keys and region, no profile and no instance role, and for
 * Python the redirection of what names an address of AWS itself.
 * @param media the folder with `python/site` and `python/sagemaker.yaml`
 * @param base the environment that they are added to; its own AWS variables are dropped
 */
export function localEnvironment(access: LocalAccess, media: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(base).filter(([name]) => !name.startsWith('AWS_')));
  const own = base['SAGEMAKER_USER_CONFIG_OVERRIDE'];
  // Defaults of the SDK that somebody has named for this very call hold beside ours.
  const defaults = own ? { SAGEMAKER_USER_CONFIG_OVERRIDE: own } : {};
  return { ...kept, ...localVariables(access, media, base['PYTHONPATH']), ...defaults };
}

/** Only the variables themselves, for `serve --env`. */
export function localVariables(access: LocalAccess, media: string, pythonPath?: string): Record<string, string> {
  // A file that is there: some clients take none for a mistake.
  const nothing = join(media, 'python', 'no-profiles');
  const site = join(media, 'python', 'site');
  const settings = join(media, 'python', 'sagemaker.yaml');
  return {
    AWS_ENDPOINT_URL: access.endpoint,
    AWS_REGION: access.region,
    AWS_DEFAULT_REGION: access.region,
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: nothing,
    AWS_SHARED_CREDENTIALS_FILE: nothing,
    PYTHONPATH: pythonPath ? `${site}${process.platform === 'win32' ? ';' : ':'}${pythonPath}` : site,
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE: settings,
    SAGEMAKER_USER_CONFIG_OVERRIDE: settings,
  };
}
