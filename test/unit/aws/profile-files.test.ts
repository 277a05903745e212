import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSections, configFile, credentialsFile, hasSection, type Section } from '../../../src/aws/profile-files';
import { readAwsFiles } from '../../../src/aws/open';
import { profileNames, profileSetting, signInOf } from '../../../src/aws/profiles';
import { Profiles } from '../../fixtures/aws/profiles';

let profiles: Profiles;
beforeEach(async () => (profiles = await Profiles.use('# mine\n[default]\nregion = eu-west-1')));
afterEach(() => profiles.restore());

const sso: readonly Section[] = [
  {
    name: 'sso-session work',
    settings: {
      sso_start_url: 'https://work.awsapps.com/start',
      sso_region: 'eu-west-1',
      sso_registration_scopes: 'sso:account:access',
    },
  },
  {
    name: 'profile work',
    settings: { sso_session: 'work', sso_account_id: '111122223333', sso_role_name: 'Dev', region: 'eu-west-3' },
  },
];

describe('a profile that is added', () => {
  it('stands at the end, is read by the SDK, and leaves what is there as it is', async () => {
    await addSections(configFile(), sso);
    const text = await readFile(configFile(), 'utf8');
    expect(text.startsWith('# mine\n[default]\nregion = eu-west-1\n\n[sso-session work]\n')).toBe(true);
    const files = await readAwsFiles();
    expect(profileNames(files)).toEqual(['default', 'work']);
    expect(profileSetting(files, 'work', 'region')).toBe('eu-west-3');
    expect(signInOf(files, 'work')).toBe('sso');
  });

  it('is refused where its name is taken, and nothing is written', async () => {
    await addSections(configFile(), sso);
    const before = await readFile(configFile(), 'utf8');
    await expect(addSections(configFile(), sso)).rejects.toThrow(/has a section \[sso-session work\] already/);
    expect(await readFile(configFile(), 'utf8')).toBe(before);
  });

  it('makes files that only the user can read', async () => {
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = profiles.path('new/credentials');
    await addSections(credentialsFile(), [
      { name: 'a', settings: { aws_access_key_id: 'A', aws_secret_access_key: 'B' } },
    ]);
    expect((await stat(credentialsFile())).mode & 0o777).toBe(0o600);
    expect((await stat(profiles.path('new'))).mode & 0o777).toBe(0o700);
  });

  it('says so where the file cannot be written', async () => {
    process.env['AWS_CONFIG_FILE'] = profiles.path('config/below-a-file');
    await expect(addSections(configFile(), sso)).rejects.toThrow(/could not be written/);
  });

  it.each([
    ['[profile work]', 'profile work', true],
    ['[profile   work]', 'profile work', true],
    ['  [ profile work ]', 'profile work', true],
    ['# [profile work]', 'profile work', false],
    ['[profile work2]', 'profile work', false],
  ])('knows that %s is there', (text, name, there) => {
    expect(hasSection(`[default]\n${text}\n`, name)).toBe(there);
  });
});
