import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { asked, CancellationError, logged, registered } = await import('../../fixtures/vscode');
const { Commands } = await import('../../../src/workbench/commands');
const { UserError } = await import('../../../src/workbench/errors');

const ids = ['test.a', 'test.b'];
const run = (id: string, ...args: unknown[]): unknown => registered.get(id)?.(...args);

beforeEach(() => {
  registered.clear();
  [asked.length, logged.length] = [0, 0];
});

describe('Commands', () => {
  it('are known to VS Code before anything is registered for them, and are gone when disposed', () => {
    const commands = new Commands(ids, () => undefined);
    expect([...registered.keys()]).toEqual(ids);
    expect(commands.without).toEqual(ids);
    commands.dispose();
    expect(registered.size).toBe(0);
  });

  it('have the rooms opened by the first that runs', async () => {
    const opened: string[] = [];
    const commands = new Commands(ids, () => {
      opened.push('opened');
      if (commands.without.includes('test.a')) commands.register('test.a', (one: number, two: number) => one + two);
    });
    expect(opened).toEqual([]);
    expect(await run('test.a', 1, 2)).toBe(3);
    expect(opened).toEqual(['opened']);
    expect(commands.without).toEqual(['test.b']);
  });

  it('say what went wrong when the rooms could not be opened, and open them the next time', async () => {
    let broken = true;
    const commands = new Commands(ids, () => {
      if (broken) throw new Error('no room');
    });
    commands.register('test.a', () => 'done');
    expect(await run('test.a')).toBeUndefined();
    expect(asked).toEqual(['no room']);
    broken = false;
    expect(await run('test.a')).toBe('done');
  });

  it('say that nothing is registered, and take no second body and none that the manifest does not know', async () => {
    const commands = new Commands(ids, () => undefined);
    await run('test.b');
    expect(asked).toEqual(['Nothing is registered for test.b.']);
    commands.register('test.a', () => undefined);
    expect(() => {
      commands.register('test.a', () => undefined);
    }).toThrow('test.a is registered twice.');
    expect(() => {
      commands.register('test.c', () => undefined);
    }).toThrow('The manifest does not contribute test.c.');
  });

  it('are silent when cancelled, show the sentence of a refusal, and log the stack of anything else', async () => {
    const commands = new Commands(ids, () => undefined);
    const outcomes = [new CancellationError(), new UserError('Sign in first.'), new TypeError('x is undefined')];
    commands.register('test.a', (outcome: number) => Promise.reject(outcomes[outcome] ?? new Error('none')));
    await run('test.a', 0);
    expect([asked, logged]).toEqual([[], []]);
    await run('test.a', 1);
    expect(asked).toEqual(['Sign in first.']);
    expect(logged).toEqual(['test.a: Sign in first.']);
    await run('test.a', 2);
    expect(asked.at(-1)).toContain('x is undefined');
    expect(logged.at(-1)).toMatch(/^test\.a: TypeError: x is undefined\n +at /);
  });
});
