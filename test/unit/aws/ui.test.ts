import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands as realCommands, window as realWindow } from 'vscode';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Connection, Connections, local, profileConnection, type Session } from '../../../src/aws';
import { addKeys, addSso } from '../../../src/aws/add-profile';
import { environmentConnection } from '../../../src/aws/connection';
import { pickConnection } from '../../../src/aws/pick';
import { askMfaCode } from '../../../src/aws/sign-in';
import { registerConnectionUi } from '../../../src/aws/ui';
import { UserError } from '../../../src/workbench';
import { connectionServices } from '../../fixtures/aws/connection-services';
import {
  asked,
  copied,
  type FakeQuickPick,
  type FakeStatusBarItem,
  picks,
  refused,
  statusBar,
  terminalClosed,
  terminals,
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

  test('is asked for in boxes that say what they are of, and stay while one looks elsewhere', async () => {
    typed.push(...good);
    regions.push('eu-west-1', 'eu-west-1');
    const boxes = vi.spyOn(realWindow, 'showInputBox');
    const show = vi.spyOn(realWindow, 'showTextDocument');
    await addSso();
    expect(boxes.mock.calls.map(([options]) => [options?.title, options?.password, options?.ignoreFocusOut])).toEqual(
      Array.from({ length: 4 }, () => ['Add an SSO Profile', false, true]),
    );
    expect(show.mock.calls.map(([, options]) => options)).toEqual([{ preview: true }]);
    const keys = ['lab', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];
    typed.push(...keys);
    regions.push('eu-west-1');
    boxes.mockClear();
    await addKeys();
    expect(boxes.mock.calls.map(([options]) => [options?.title, options?.password])).toEqual([
      ['Add Keys', false],
      ['Add Keys', false],
      ['Add Keys', true],
    ]);
    expect(show.mock.calls.map(([, options]) => options)).toEqual([{ preview: true }, { preview: true }]);
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

  test('a cancel at any question leaves no key behind and asks no more', async () => {
    for (let length = 0; length <= good.length; length++) {
      asked.length = 0;
      typed.push(...good.slice(0, length), undefined);
      expect(await addKeys()).toBeUndefined();
      expect(asked).toHaveLength(length + 1);
      expect(() => statSync(credentials())).toThrow('ENOENT');
      typed.length = 0;
    }
  });

  test.each([
    ['AKIAIOSFODNN7EX', 'short'],
    ['AKIAIOSFODNN7exAMPLE', 'small'],
    ['A'.repeat(129), 'long'],
    ['AKIAIOSFODNN7-EXAMPLE', 'with a sign'],
  ])('an id is not taken that cannot be one: %s (%s)', async (wrong) => {
    typed.push('lab', wrong, 'A'.repeat(128), '1234567890 23456', '123456789012345', '1234567890123456');
    regions.push('eu-west-1');
    await addKeys();
    expect(refused).toEqual([
      `${wrong}: Capital letters and digits`,
      '1234567890 23456: The key without spaces',
      '123456789012345: The key without spaces',
    ]);
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

  test('is busy until it knows what there is', async () => {
    const chosen = pickConnection(new Connections(connectionServices()), 'Pin Connection');
    const picker = picks.at(-1);
    expect(picker).toMatchObject({
      title: 'Pin Connection',
      placeholder: 'Where pipelines run and models are registered',
      busy: true,
      shown: true,
      items: [],
    });
    await vi.waitFor(() => expect(picker?.busy).toBe(false), { timeout: 30_000 });
    picker?.hide();
    // It is gone with its rows.
    expect([await chosen, picker?.items]).toEqual([undefined, []]);
  });

  test('fails where the files cannot be read', async () => {
    const connections = new Connections(connectionServices());
    vi.spyOn(connections, 'profiles').mockRejectedValue(new Error('no files'));
    await expect(pickConnection(connections, 'Switch Connection')).rejects.toThrow('no files');
  });

  test('takes no answer from a row without a connection, nor from nothing', async () => {
    const connections = new Connections(connectionServices());
    const { picker, chosen } = await open(connections);
    picker.pick('no such row');
    picker.press('$(add) Add Keys…', 'In Another Region…');
    expect(connections.shown).toEqual([local]);
    picker.pick('Add');
    expect(await chosen).toBeUndefined();
  });

  test('marks the active one alone, and lists what is in another region by what it is', async () => {
    const remembered = (): string => environmentConnection('eu-west-1').id;
    const connections = new Connections(connectionServices({ remembered, pinned: () => ['profile:x@us-east-1'] }));
    const { picker } = await open(connections);
    expect(listed(picker).filter((row) => row.includes('active'))).toEqual([
      'Environment credentials (eu-west-1) |  · active | [In Another Region…] | [Pin: Show Beside the Others]',
    ]);
    expect(listed(picker)).toContain('x (us-east-1) | AWS profile | [In Another Region…] | [Unpin]');
    expect(picker.items.find(({ label }) => label === 'Add')).toEqual({ label: 'Add', kind: -1 });
    picker.hide();
  });

  test('says what to do with a profile that is passed over', async () => {
    writeFileSync(config(), '[profile müller]\n');
    const { picker, chosen } = await open(new Connections(connectionServices()));
    picker.pick('$(warning) müller');
    const error: unknown = await chosen.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: expect.stringContaining('Rename the profile, or give it a second section with another name.') as string,
      next: { title: 'Open Configuration', command: 'vscode.open', arguments: [{ scheme: 'file', path: config() }] },
    });
  });

  test('asks for the region of the connection by its name', async () => {
    writeFileSync(config(), '[profile work]\nregion = us-east-1\n');
    const { picker, chosen } = await open(new Connections(connectionServices()));
    regions.push('eu-west-1');
    picker.press('work', 'In Another Region…');
    await chosen;
    expect(asked).toEqual(['work: Region']);
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
  const box = vi.spyOn(realWindow, 'showInputBox');
  await expect(askMfaCode('arn')).rejects.toMatchObject({ name: 'Canceled' });
  expect(box.mock.calls[0]?.[0]).toMatchObject({ title: 'Multi-Factor Code', ignoreFocusOut: true });
});

describe('the status bar', () => {
  type Run = (...args: never[]) => unknown;
  const commands = new Map<string, Run>();
  const room = { register: (id: string, run: Run) => void commands.set(id, run) };
  const call = (id: string, ...args: unknown[]): unknown =>
    (commands.get(id) as (...all: unknown[]) => unknown)(...args);

  interface Shown {
    connections: Connections;
    item: FakeStatusBarItem;
    hear: (problem?: Error, of?: Connection) => void;
    /** What was registered, as one. */
    ui: { dispose(): void };
    /** The signals of the sessions that were asked for. */
    signals: (AbortSignal | undefined)[];
  }

  async function show(identity: () => Promise<{ account: string; arn: string }>): Promise<Shown> {
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
    statusBar.delete('mlopsFlow.connection');
    const ui = registerConnectionUi(connections, room as never);
    const item = statusBar.get('mlopsFlow.connection');
    if (!item) throw new Error('There is no item.');
    const hear = (problem?: Error, connection: Connection = connections.active): void => {
      for (const listener of heard) listener({ connection, ...(problem ? { problem } : {}) });
    };
    return { connections, item, hear, signals, ui };
  }

  test('says who requests are made as once a call was answered, and asks nothing before', async () => {
    const identity = vi.fn(() => Promise.resolve({ account: '111122223333', arn: 'arn:aws:iam::1:user/me' }));
    const { connections, item, hear } = await show(identity);
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
    const { item, hear } = await show(() => Promise.resolve({ account: '1', arn: 'arn:me' }));
    hear(new UserError('The token has expired.'));
    expect(item).toMatchObject({ text: '$(warning) Local', tooltip: 'The token has expired.' });
    expect(item.backgroundColor?.id).toBe('statusBarItem.warningBackground');
    hear();
    await vi.waitFor(() => expect(item.text).toBe('$(cloud) Local'));
    expect(item).toMatchObject({ tooltip: 'arn:me on this machine. Click to switch.', backgroundColor: undefined });
  });

  test('is read aloud as a button with all that it says', async () => {
    const { connections, item, hear } = await show(() => Promise.resolve({ account: '1', arn: 'arn:me' }));
    expect(item).toMatchObject({
      name: 'MLOps Flow: Connection',
      accessibilityInformation: {
        label: 'MLOps Flow connection Local . The embedded control plane on this machine. Click to switch.',
        role: 'button',
      },
    });
    connections.switchTo(profileConnection('work'));
    hear();
    await vi.waitFor(() => expect(item.text).toBe('$(cloud) work 1 eu-west-1'));
    expect(item.accessibilityInformation?.label).toBe(
      'MLOps Flow connection work 1 eu-west-1. arn:me in eu-west-1. Click to switch.',
    );
  });

  test('says what is wrong where it cannot be asked who one is, and asks again with the next answer', async () => {
    const identity = vi.fn(() => Promise.reject(new UserError('Nobody knows.')));
    const { item, hear } = await show(identity);
    hear();
    await vi.waitFor(() => expect(item.text).toBe('$(warning) Local'));
    expect(item.tooltip).toBe('Nobody knows.');
    hear();
    await vi.waitFor(() => expect(identity).toHaveBeenCalledTimes(2));
  });

  test('asks once at a time, and nothing of what others hear', async () => {
    const identity = vi.fn(() => new Promise<never>(() => undefined));
    const { item, hear, signals } = await show(identity);
    hear(undefined, profileConnection('other'));
    hear(new UserError('no'), profileConnection('other'));
    expect([item.text, signals.length]).toEqual(['$(cloud) Local', 0]);
    hear();
    hear();
    await vi.waitFor(() => expect(identity).toHaveBeenCalledTimes(1));
    expect(signals).toHaveLength(1);
  });

  test('a question that was ended says nothing', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { connections, item, hear, signals, ui } = await show(
      () => new Promise((_resolve, reject) => (fail = reject)),
    );
    hear();
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    connections.switchTo(profileConnection('new'));
    fail(new UserError('late'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(item.text).toBe('$(cloud) new');
    hear();
    await vi.waitFor(() => expect(signals).toHaveLength(2));
    ui.dispose();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(item.shown).toBe(false);
    // It hears of no further change.
    connections.switchTo(local);
    expect(item.text).toBe('$(cloud) new');
  });

  test('tells conditions whether it is on AWS', async () => {
    const execute = vi.spyOn(realCommands, 'executeCommand');
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
    connections.switchTo(profileConnection('work'));
    connections.switchTo(local);
    const set = execute.mock.calls.filter(([, key]) => key === 'mlopsFlow.onAws');
    expect(set.map(([command, , value]) => [command, value]).slice(-2)).toEqual([
      ['setContext', true],
      ['setContext', false],
    ]);
  });

  test.each([
    ['mlopsFlow.switchConnection', 'Switch Connection'],
    ['mlopsFlow.pinConnection', 'Pin Connection'],
  ])('%s asks which one', async (command, title) => {
    writeFileSync(config(), '[profile work]\nregion = us-east-1\n');
    const work = profileConnection('work');
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
    for (const label of [undefined, 'work', 'work']) {
      picks.length = 0;
      const done = call(command);
      await vi.waitFor(() => expect(picks[0]?.items.length).toBeGreaterThan(0), { timeout: 30_000 });
      expect(picks[0]?.title).toBe(title);
      if (label === undefined) picks[0]?.hide();
      else picks[0]?.pick(label);
      await done;
      const isChosen = command.includes('pin') ? connections.isPinned(work) : connections.active.id === work.id;
      expect(isChosen).toBe(label !== undefined);
    }
  });

  test.each<[string, unknown[], string, string | undefined]>([
    ['of the active one', [], 'local', undefined],
    ['of one by its id', ['profile:work'], 'profile:work', undefined],
    ['of one for an action', ['profile:work', 's3:GetObject'], 'profile:work', 's3:GetObject'],
    ['of a row', [{ command: { arguments: ['profile:work', 's3:GetObject'] } }], 'profile:work', 's3:GetObject'],
    ['of a row without a command', [{ label: 'x' }], 'local', undefined],
    ['of what is no text', [3], 'local', undefined],
  ])('a policy is copied %s', async (_what, args, id, action) => {
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
    const used = vi.spyOn(connections, 'actionsUsed').mockReturnValue(['glue:GetTable']);
    copied.length = 0;
    await call('mlopsFlow.copyPolicy', ...args);
    expect(used.mock.calls.map(([connection]) => connection.id)).toEqual([id]);
    expect(copied[0]).toContain(action ?? 'glue:GetTable');
    expect(copied).toHaveLength(1);
  });

  test.each([
    ['login', 'login_session = arn:aws:iam::1:user/me\n', [['login', '--profile', 'work']]],
    ['a code', 'mfa_serial = arn:mfa\n', []],
    ['nothing', 'region = us-east-1\n', []],
  ])('signing in by %s', async (_what, settings, args) => {
    writeFileSync(config(), `[profile work]\n${settings}`);
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
    const signIn = vi.spyOn(connections, 'signIn');
    await call('mlopsFlow.signIn', 'profile:work');
    expect(terminals.map(({ shellArgs }) => shellArgs)).toEqual(args);
    expect(signIn).toHaveBeenCalledTimes(args.length === 0 ? 1 : 0);
  });

  test('the terminal of a sign-in is shown', async () => {
    writeFileSync(config(), '[profile work]\nsso_session = x\n');
    const shown = vi.fn();
    vi.spyOn(realWindow, 'createTerminal').mockReturnValue({ show: shown } as never);
    await show(() => Promise.reject(new Error('not asked')));
    await call('mlopsFlow.signIn', 'profile:work');
    expect(shown).toHaveBeenCalledTimes(1);
  });

  test('an answer about the connection before is not shown under the new one', async () => {
    let answer: (identity: { account: string; arn: string }) => void = () => undefined;
    const { connections, item, hear, signals } = await show(() => new Promise((resolve) => (answer = resolve)));
    connections.switchTo(profileConnection('old'));
    hear();
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    connections.switchTo(profileConnection('new'));
    expect(signals[0]?.aborted).toBe(true);
    expect(item.text).toBe('$(cloud) new');
    answer({ account: '999999999999', arn: 'arn:old' });
  });

  test('pins and unpins what it is called with', async () => {
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
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
    const { connections } = await show(() => Promise.reject(new Error('not asked')));
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
