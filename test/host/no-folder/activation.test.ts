import { strict as assert } from 'node:assert';
import { commands, workspace } from 'vscode';
import { extension } from '../shared/extension';

describe('Without a folder', () => {
  it('the extension activates and its views open', async () => {
    assert.equal(workspace.workspaceFolders, undefined);
    await extension().activate();
    for (const view of ['branches', 'pipelines', 'models']) await commands.executeCommand(`mlopsFlow.${view}.focus`);
    assert.equal(extension().isActive, true);
  });
});
