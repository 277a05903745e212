// What a VS Code of ours is started with: settings and environment.
import { join } from 'node:path';

/** Nothing but the workbench and what the extension shows. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.startupPrompt': 'never',
  'extensions.ignoreRecommendations': true,
  // The control plane's port is nobody's business.
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * The environment of a test: no home folder, Git identity or AWS account of the person who runs it.
 * @param {string} home an empty folder
 */
export function quietEnvironment(home) {
  return {
    HOME: home,
    USERPROFILE: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    AWS_CONFIG_FILE: join(home, '.aws', 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
