import { strict as assert } from 'node:assert';
import { extensions } from 'vscode';

describe('Without a folder', () => {
  it('the extension activates', async () => {
    const extension = extensions.getExtension('mlops-flow.mlops-flow');
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
