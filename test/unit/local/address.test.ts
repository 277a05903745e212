import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ControlPlane } from '../../../src/local';
import { findRunning, removeAddress, writeAddress } from '../../../src/local/address';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-flow-address-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a control plane is found by its data folder, as long as it runs', async () => {
  expect(await findRunning(folder)).toBeUndefined();
  const controlPlane = await ControlPlane.start({ data: folder });
  try {
    writeAddress(folder, controlPlane.ready);
    const { pid: _, ...ready } = controlPlane.ready;
    expect(await findRunning(folder)).toEqual(ready);
    expect(readFileSync(join(folder, 'address.json'), 'utf8')).not.toContain(ready.secretAccessKey);
  } finally {
    await controlPlane.stop();
  }
  // It was killed, and its address is still there.
  expect(await findRunning(folder)).toBeUndefined();
  removeAddress(folder);
  removeAddress(folder);
  expect(await findRunning(folder)).toBeUndefined();
});

it.each([
  'nonsense',
  '{}',
  '{"endpoint":"http://example.com:80"}',
  '{"endpoint":"https://127.0.0.1:1"}',
  '{"endpoint":"http://127.0.0.1:1/x"}',
])('an address that is none is not asked: %s', async (text) => {
  await (await ControlPlane.start({ data: folder })).stop();
  writeFileSync(join(folder, 'address.json'), text);
  expect(await findRunning(folder)).toBeUndefined();
});
