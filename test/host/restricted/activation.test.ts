import { strict as assert } from 'node:assert';
import { commands, workspace } from 'vscode';
import { extension, loadedBundles } from '../shared/extension';

describe('In a folder that is not trusted', () => {
  it('the extension activates', async () => {
    assert.equal(workspace.isTrusted, false);
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('its views open and run nothing of the folder', async () => {
    for (const view of ['branches', 'pipelines', 'models']) await commands.executeCommand(`mlopsFlow.${view}.focus`);
    // Git runs what a repository's configuration names, so it is not started at all.
    assert.equal(loadedBundles().includes('simple-git'), false);
  });
});
