import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { asked } = await import('../../fixtures/vscode');
const { inNextTurn } = await import('../../../src/workbench/later');

let made: number;
let disposed: number;
const make = (): { dispose(): void } => {
  made += 1;
  return { dispose: () => (disposed += 1) };
};

beforeEach(() => ([made, disposed, asked.length] = [0, 0, 0]));

describe('inNextTurn', () => {
  it('makes something after the turn it is asked in', async () => {
    const later = inNextTurn('test', make);
    await Promise.resolve();
    expect(made).toBe(0);
    await turn();
    expect(made).toBe(1);
    later.dispose();
    expect(disposed).toBe(1);
  });

  it('makes it at once for who cannot wait, and once', async () => {
    const later = inNextTurn('test', make);
    later.now();
    expect(made).toBe(1);
    later.now();
    await turn();
    expect(made).toBe(1);
  });

  it('makes nothing when disposed before', async () => {
    inNextTurn('test', make).dispose();
    await turn();
    expect([made, disposed]).toEqual([0, 0]);
  });

  it('reports a failure, does not try again, and says the same to who asks later', async () => {
    const later = inNextTurn('test', () => {
      made += 1;
      throw new Error('no room');
    });
    await turn();
    expect(asked).toEqual(['no room']);
    expect(() => {
      later.now();
    }).toThrow('no room');
    expect(made).toBe(1);
    later.dispose();
  });
});
