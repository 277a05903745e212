import { strict as assert } from 'node:assert';
import { commands } from 'vscode';
import { extension, loadedBundles, manifest } from './shared/extension';

describe('Activation', () => {
  before(() => extension().activate());

  it('loads nothing heavy', () => {
    assert.ok(loadedBundles().includes('extension'));
    const heavy = loadedBundles().filter((name) => ['sdk', 'simple-git', 'client', 'local-server'].includes(name));
    assert.deepEqual(heavy, []);
  });

  it('registers every command of the manifest', async () => {
    const registered = new Set(await commands.getCommands(true));
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 10);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('has its three views', async () => {
    for (const view of ['branches', 'pipelines', 'models']) await commands.executeCommand(`mlopsFlow.${view}.focus`);
    const registered = await commands.getCommands();
    for (const view of ['branches', 'pipelines', 'models']) assert.ok(registered.includes(`mlopsFlow.${view}.focus`));
  });
});
