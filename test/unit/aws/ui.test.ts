import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { window as realWindow } from 'vscode';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connections, local, profileConnection, type Session } from '../../../src/aws';
import { addKeys, addSso } from '../../../src/aws/add-profile';
import { environmentConnection } from '../../../src/aws/connection';
import { pickConnection } from '../../../src/aws/pick';
import { askMfaCode, registerConnectionUi } from '../../../src/aws/ui';
import { UserError } from '../../../src/workbench';
import { connectionServices } from '../../fixtures/aws/connection-services';
import {
  asked,
  type FakeQuickPick,
  picks,
  refused,
  statusBar,
  terminalClosed,
  terminals,
  type ThemeColor,
  typed,
} from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

let folder: string;
let regions: (string | undefined)[];
const config = (): string => join(folder, 'config');
const credentials = (): string => join(folder, 'credentials');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-aws-'));
  vi.stubEnv('AWS_CONFIG_FILE', config());
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', credentials());
  for (const list of [asked, typed, refused, picks, terminals]) list.length = 0;
  regions = [];
  vi.spyOn(realWindow, 'showQuickPick').mockImplementation((items, options) => {
    asked.push(options?.title ?? '');
    const wanted = regions.shift();
    return Promise.resolve((items as { label: string }[]).find(({ label }) => label === wanted) as never);
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('a profile with single sign-on', () => {
  const good = ['work', 'https://acme.awsapps.com/start', '111122223333', 'DataScientist'];

  test('is written as the AWS command line writes it, shown, and chosen', async () => {
    writeFileSync(config(), '[default]\nregion = us-east-1');
    typed.push(...good);
    regions.push('eu-west-1', 'eu-central-1');
    expect(await addSso()).toEqual(profileConnection('work'));
    expect(readFileSync(config(), 'utf8')).toBe(
      [
        '[default]',
        'region = us-east-1',
        '',
        '[sso-session work]',
        'sso_start_url = https://acme.awsapps.com/start',
        'sso_region = eu-west-1',
        'sso_registration_scopes = sso:account:access',
        '',
        '[profile work]',
        'sso_session = work',
        'sso_account_id = 111122223333',
        'sso_role_name = DataScientist',
        'region = eu-central-1',
        '',
      ].join('\n'),
    );
    expect(asked).toEqual([
      'Name of the profile',
      'Start URL of IAM Identity Center: https://….awsapps.com/start',
      'Add an SSO Profile: Region of IAM Identity Center',
      'Account: 12 digits',
      'Name of the permission set (role)',
      'Add an SSO Profile: Region of the profile',
      `shown: ${config()}`,
    ]);
  });

  test('what cannot be right is told while it is typed', async () => {
    const wrong = [
      ['', 'two words', 'a/b', ' work '],
      ['acme', 'http://acme.awsapps.com/start', 'https://acme.awsapps.com/start'],
      ['1', '1111222233334', 'x111122223333', '111122223333 '],
      ['Data Scientist', 'DataScientist'],
    ];
    typed.push(...wrong.flat());
    regions.push('eu-west-1', 'eu-west-1');
    expect(await addSso()).toEqual(profileConnection('work'));
    const letters = 'Letters, digits and . _ @ + = , - without spaces';
    expect(refused).toEqual([
      `: ${letters}`,
      `two words: ${letters}`,
      `a/b: ${letters}`,
      'acme: An address that begins with https://',
      'http://acme.awsapps.com/start: An address that begins with https://',
      '1: Twelve digits',
      '1111222233334: Twelve digits',
      'x111122223333: Twelve digits',
      `Data Scientist: ${letters}`,
    ]);
  });

  test('a cancel at any question writes nothing and asks no more', async () => {
    for (let length = 0; length <= good.length; length++) {
      asked.length = 0;
      typed.push(...good.slice(0, length), undefined);
      // The last question is for a region, which is not chosen either.
      regions.push('eu-west-1', undefined);
      expect(await addSso()).toBeUndefined();
      expect(asked).toHaveLength([1, 2, 4, 5, 6][length] ?? 0);
      expect(() => statSync(config())).toThrow('ENOENT');
      typed.length = regions.length = 0;
    }
  });

  test('a name that is taken is told, and the file stays', async () => {
    writeFileSync(config(), '[profile work]\nregion = us-east-1\n');
    typed.push(...good);
    regions.push('eu-west-1', 'eu-west-1');
    await expect(addSso()).rejects.toThrow(`${config()} has a section [profile work] already. Choose another name.`);
    expect(readFileSync(config(), 'utf8')).toBe('[profile work]\nregion = us-east-1\n');
  });
});

describe('a profile with keys', () => {
  const good = ['lab', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];

  test('the secret is typed hidden, goes to the credentials file alone, and is shown nowhere', async () => {
    typed.push(good[0], 'short', good[1], 'a b', good[2]);
    regions.push('eu-west-1');
    expect(await addKeys()).toEqual(profileConnection('lab'));
    expect(readFileSync(credentials(), 'utf8')).toBe(
      `[lab]\naws_access_key_id = ${good[1]}\naws_secret_access_key = ${good[2]}\n`,
    );
    expect(statSync(credentials()).mode & 0o777).toBe(0o600);
    expect(readFileSync(config(), 'utf8')).toBe('[profile lab]\nregion = eu-west-1\n');
    expect(asked).toEqual([
      'Name of the profile',
      'Access key ID',
      'Secret access key (hidden)',
      'Add Keys: Region of the profile',
      `shown: ${config()}`,
    ]);
    expect(refused).toEqual(['short: Capital letters and digits', 'a b: The key without spaces']);
  });

  test('the default profile has a section without the word', async () => {
    typed.push('default', ...good.slice(1));
    regions.push('eu-west-1');
    await addKeys();
    expect(readFileSync(config(), 'utf8')).toBe('[default]\nregion = eu-west-1\n');
  });

  test('a profile that had no keys so far keeps its settings', async () => {
    const before = '[profile lab]\nregion = us-west-2\noutput = json\n';
    writeFileSync(config(), before);
    typed.push(...good);
    regions.push('eu-west-1');
    expect(await addKeys()).toEqual(profileConnection('lab'));
    expect(readFileSync(config(), 'utf8')).toBe(before);
    expect(readFileSync(credentials(), 'utf8')).toContain('[lab]\n');
  });

  test('a cancel at the last question leaves no key behind', async () => {
    typed.push(...good);
    regions.push(undefined);
    expect(await addKeys()).toBeUndefined();
    expect(() => statSync(credentials())).toThrow('ENOENT');
  });
});

describe('the picker of connections', () => {
  /** The picker once it lists something. */
  async function open(connections: Connections): Promise<{ picker: FakeQuickPick; chosen: Promise<unknown> }> {
    const chosen = pickConnection(connections, 'Switch Connection');
    const picker = picks.at(-1);
    if (!picker) throw new Error('Nothing was shown.');
    await vi.waitFor(() => expect(picker.items.length).toBeGreaterThan(0), { timeout: 30_000 });
    return { picker, chosen };
  }
  const listed = (picker: FakeQuickPick): string[] =>
    picker.items.map(({ label, ...more }) => {
      const { description, buttons = [] } = more as { description?: string; buttons?: { tooltip: string }[] };
      return [label, description, ...buttons.map(({ tooltip }) => `[${tooltip}]`)].filter(Boolean).join(' | ');
    });

  test('lists Local, the profiles, the environment, what is pinned elsewhere, and what can be added', async () => {
    writeFileSync(config(), '[profile work]\nregion = us-east-1\n');
    const connections = new Connections(connectionServices({ pinned: () => ['profile:work@eu-west-1'] }));
    const { picker, chosen } = await open(connections);
    const pin = '[Pin: Show Beside the Others]';
    expect(listed(picker)).toEqual([
      `Local | runs the steps on this machine, no account needed · active | ${pin}`,
      `work | AWS profile | [In Another Region…] | ${pin}`,
      `Environment credentials | keys or token in the environment, role of the container or instance | [In Another Region…] | ${pin}`,
      ...connections.shown.slice(1).map(({ label }) => `${label} | AWS profile | [In Another Region…] | [Unpin]`),
      'Add',
      '$(add) Add an SSO Profile… | IAM Identity Center, in the AWS configuration',
      '$(add) Add Keys… | an access key, in the AWS credentials file',
    ]);
    expect(connections.shown).toHaveLength(2);
    expect(picker).toMatchObject({ title: 'Switch Connection', busy: false, matchOnDescription: true });
    picker.pick('work');
    expect(await chosen).toEqual(profileConnection('work'));
  });

  test('says of a profile that the SDK passes over that it cannot be used, and why', async () => {
    writeFileSync(config(), '[profile müller]\nregion = us-east-1\n');
    const { picker, chosen } = await open(new Connections(connectionServices()));
    expect(listed(picker)[2]).toBe('$(warning) müller | AWS profile that cannot be used: its name');
    picker.pick('$(warning) müller');
    await expect(chosen).rejects.toThrow('reads no profile that is named “müller”');
  });

  test('is closed without a choice', async () => {
    const { picker, chosen } = await open(new Connections(connectionServices()));
    picker.hide();
    expect(await chosen).toBeUndefined();
  });

  test('a button leads to another region, for what has one', async () => {
    writeFileSync(config(), '[profile work]\nregion = us-east-1\n');
    const connections = new Connections(connectionServices());
    const profile = await open(connections);
    regions.push('ap-south-1');
    profile.picker.press('work', 'In Another Region…');
    expect(await profile.chosen).toEqual(profileConnection('work', 'ap-south-1'));
    const environment = await open(connections);
    regions.push('ap-south-1');
    environment.picker.press('Environment credentials', 'In Another Region…');
    expect(await environment.chosen).toEqual(environmentConnection('ap-south-1'));
    const none = await open(connections);
    regions.push(undefined);
    none.picker.press('work', 'In Another Region…');
    expect(await none.chosen).toBeUndefined();
  });

  test('a button pins, and the list says so at once', async () => {
    const connections = new Connections(connectionServices());
    const { picker } = await open(connections);
    picker.press('Environment credentials', 'Pin: Show Beside the Others');
    await vi.waitFor(() => expect(listed(picker)[1]).toContain('[Unpin]'));
    expect(connections.isPinned(environmentConnection())).toBe(true);
    picker.press('Environment credentials', 'Unpin');
    await vi.waitFor(() => expect(listed(picker)[1]).toContain('[Pin'));
    picker.hide();
  });

  test('what is added is chosen', async () => {
    const { picker, chosen } = await open(new Connections(connectionServices()));
    typed.push('lab', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
    regions.push('eu-west-1');
    picker.pick('$(add) Add Keys…');
    expect(await chosen).toEqual(profileConnection('lab'));
  });
});

test('a code of a multi-factor device is six digits; a cancel ends what asked', async () => {
  typed.push('12345', '1234567', '12345a', '123456');
  expect(await askMfaCode('arn:aws:iam::1:mfa/me')).toBe('123456');
  expect(asked).toEqual(['The code that arn:aws:iam::1:mfa/me shows now']);
  expect(refused).toEqual(['12345: Six digits', '1234567: Six digits', '12345a: Six digits']);
  typed.push(undefined);
  await expect(askMfaCode('arn')).rejects.toMatchObject({ name: 'Canceled' });
});

describe('the status bar', () => {
  type Run = (...args: never[]) => unknown;
  const commands = new Map<string, Run>();
  const room = { register: (id: string, run: Run) => void commands.set(id, run) };
  const call = (id: string, ...args: unknown[]): unknown =>
    (commands.get(id) as (...all: unknown[]) => unknown)(...args);

  interface Shown {
    connections: Connections;
    item: { text: string; tooltip: string; backgroundColor: ThemeColor | undefined };
    hear: (problem?: Error) => void;
    /** The signals of the sessions that were asked for. */
    signals: (AbortSignal | undefined)[];
  }

  function show(identity: () => Promise<{ account: string; arn: string }>): Shown {
    const connections = new Connections(connectionServices());
    const heard: ((health: { connection: { id: string }; problem?: Error }) => void)[] = [];
    vi.spyOn(connections, 'onDidHear').mockImplementation((listener) => {
      heard.push(listener as never);
      return { dispose: () => undefined };
    });
    const signals: (AbortSignal | undefined)[] = [];
    vi.spyOn(connections, 'session').mockImplementation((_, signal) => {
      signals.push(signal);
      return Promise.resolve({ identity, region: 'eu-west-1' } as unknown as Session);
    });
    registerConnectionUi(connections, room as never);
    const item = statusBar.get('mlopsFlow.connection');
    if (!item) throw new Error('There is no item.');
    const hear = (problem?: Error): void => {
      for (const listener of heard) listener({ connection: connections.active, ...(problem ? { problem } : {}) });
    };
    return { connections, item, hear, signals };
  }

  test('says who requests are made as once a call was answered, and asks nothing before', async () => {
    const identity = vi.fn(() => Promise.resolve({ account: '111122223333', arn: 'arn:aws:iam::1:user/me' }));
    const { connections, item, hear } = show(identity);
    expect(item).toMatchObject({
      text: '$(cloud) Local',
      tooltip: 'The embedded control plane on this machine. Click to switch.',
      command: 'mlopsFlow.switchConnection',
      shown: true,
    });
    connections.switchTo(profileConnection('work'));
    expect(item).toMatchObject({ text: '$(cloud) work', tooltip: 'work. Click to switch.' });
    expect(identity).not.toHaveBeenCalled();
    hear();
    await vi.waitFor(() => expect(item.text).toBe('$(cloud) work 111122223333 eu-west-1'));
    expect(item.tooltip).toBe('arn:aws:iam::1:user/me in eu-west-1. Click to switch.');
    hear();
    expect(identity).toHaveBeenCalledTimes(1);
  });

  test('warns with the sentence of what is wrong, until a call is answered again', async () => {
    const { item, hear } = show(() => Promise.resolve({ account: '1', arn: 'arn:me' }));
    hear(new UserError('The token has expired.'));
    expect(item).toMatchObject({ text: '$(warning) Local', tooltip: 'The token has expired.' });
    expect(item.backgroundColor?.id).toBe('statusBarItem.warningBackground');
    hear();
    await vi.waitFor(() => expect(item.text).toBe('$(cloud) Local'));
    expect(item).toMatchObject({ tooltip: 'arn:me on this machine. Click to switch.', backgroundColor: undefined });
  });

  test('an answer about the connection before is not shown under the new one', async () => {
    let answer: (identity: { account: string; arn: string }) => void = () => undefined;
    const { connections, item, hear, signals } = show(() => new Promise((resolve) => (answer = resolve)));
    connections.switchTo(profileConnection('old'));
    hear();
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    connections.switchTo(profileConnection('new'));
    expect(signals[0]?.aborted).toBe(true);
    expect(item.text).toBe('$(cloud) new');
    answer({ account: '999999999999', arn: 'arn:old' });
  });

  test('pins and unpins what it is called with', () => {
    const { connections } = show(() => Promise.reject(new Error('not asked')));
    const row = { connection: profileConnection('work') };
    call('mlopsFlow.pinConnection', row);
    call('mlopsFlow.pinConnection', row);
    expect(connections.isPinned(row.connection)).toBe(true);
    call('mlopsFlow.unpinConnection', row);
    expect(connections.isPinned(row.connection)).toBe(false);
    call('mlopsFlow.useConnection', row);
    expect(connections.active).toEqual(row.connection);
  });

  test('signing in runs the AWS command line in a terminal, and the connection begins anew when that closes', async () => {
    writeFileSync(
      config(),
      '[profile work]\nsso_session = acme\n[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n[profile plain]\nregion = us-east-1\n',
    );
    const { connections } = show(() => Promise.reject(new Error('not asked')));
    const signIn = vi.spyOn(connections, 'signIn');
    await call('mlopsFlow.signIn', 'profile:work');
    expect(terminals).toMatchObject([
      { name: 'Sign in: work', shellPath: 'aws', shellArgs: ['sso', 'login', '--profile', 'work'] },
    ]);
    terminalClosed.fire({});
    expect(signIn).not.toHaveBeenCalled();
    terminalClosed.fire(terminals[0]);
    terminalClosed.fire(terminals[0]);
    expect(signIn.mock.calls).toEqual([[profileConnection('work')]]);
    await call('mlopsFlow.signIn', 'profile:plain');
    expect(signIn).toHaveBeenLastCalledWith(profileConnection('plain'));
    await call('mlopsFlow.signIn');
    expect(signIn).toHaveBeenLastCalledWith(local);
    await call('mlopsFlow.signIn', { command: { arguments: ['profile:plain'] } });
    expect(signIn).toHaveBeenLastCalledWith(profileConnection('plain'));
    expect(terminals).toHaveLength(1);
  });
});
