// Runs the host suite in desktop VS Code, which @vscode/test-electron downloads where the network allows it.
//
//   node scripts/test-electron.mjs [PART OF A FILE NAME…]
//
// MLOPS_FLOW_VSCODE_EXECUTABLE names an installed one to use instead. On Linux without a display: xvfb-run -a node …
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { hostEntry, runHostSuites } from './host.mjs';
import { quietSettings } from './settings.mjs';
import { root, testHome, writeUserSettings } from './vscode.mjs';

const executable = process.env['MLOPS_FLOW_VSCODE_EXECUTABLE'];

async function launchOnDesktop({ scratch, folder, trust, env }) {
  writeUserSettings(join(scratch, 'vscode', 'User'), quietSettings);
  const ended = runTests({
    ...(executable ? { vscodeExecutablePath: executable } : { cachePath: join(testHome, 'desktop') }),
    extensionDevelopmentPath: root,
    extensionTestsPath: hostEntry,
    extensionTestsEnv: env,
    launchArgs: [
      ...(folder ? [folder] : []),
      `--user-data-dir=${join(scratch, 'vscode')}`,
      `--extensions-dir=${join(scratch, 'extensions')}`,
      ...(trust ? ['--disable-workspace-trust'] : []),
    ],
  }).catch((error) => console.log(`    ${error.message}`));
  return { ended, stop: () => ended };
}

const { passed, failed } = await runHostSuites(process.argv.slice(2), launchOnDesktop);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
