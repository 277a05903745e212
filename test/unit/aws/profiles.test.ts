import { describe, expect, it } from 'vitest';
import { loadSharedConfigFiles } from '@smithy/core/config';
import {
  type AwsFiles,
  profileEndpoint,
  profileNames,
  profileSetting,
  signInOf,
  unreadProfiles,
} from '../../../src/aws/profiles';
import { Profiles } from '../../fixtures/aws/profiles';

const text = (sections: readonly string[]): string => sections.map((heading) => `${heading}\na = b\n`).join('');

const files: AwsFiles = {
  configFile: {
    default: { region: 'us-east-1' },
    dev: { region: 'eu-west-1', services: 'emulator', endpoint_url: 'http://all' },
    plain: { endpoint_url: 'http://plain' },
    ignoring: { endpoint_url: 'http://plain', ignore_configured_endpoint_urls: 'true' },
    single: { sso_session: 'work', sso_account_id: '1' },
    old: { sso_start_url: 'https://start' },
    role: { role_arn: 'arn', source_profile: 'single' },
    code: { role_arn: 'arn', source_profile: 'keys', mfa_serial: 'arn:mfa' },
    ring: { role_arn: 'arn', source_profile: 'gnir' },
    gnir: { role_arn: 'arn', source_profile: 'ring' },
    itself: { role_arn: 'arn', source_profile: 'itself', aws_access_key_id: 'x' },
    login: { login_session: 'arn' },
    'sso-session.work': { sso_start_url: 'https://start' },
    'services.emulator': { 's3.endpoint_url': 'http://s3', 'sagemaker.endpoint_url': 'http://sm' },
  },
  credentialsFile: { keys: { aws_access_key_id: 'x', region: 'ap-south-1' }, dev: { region: 'eu-north-1' } },
};

describe('the AWS files', () => {
  it('list the profiles of both files once, and no section that is none', () => {
    expect(profileNames(files)).toEqual([
      'code',
      'default',
      'dev',
      'gnir',
      'ignoring',
      'itself',
      'keys',
      'login',
      'old',
      'plain',
      'ring',
      'role',
      'single',
    ]);
  });

  it('have profiles that the SDK passes over, because of their names', async () => {
    const config = [
      '[default]',
      '[profile dev]',
      '[profile "quoted"]',
      '[profile müller]',
      '[profile "Jane Doe"]',
      '  [profile Jane Roe] # a comment',
      '[sso-session corp x]',
      '[plugins]',
    ];
    const credentials = ['[müller]', '[Jane Doe]', '[a b c]', '[dev]'];
    const unread = unreadProfiles(text(config), text(credentials));
    expect(unread).toEqual(['Jane Doe', 'Jane Roe', 'müller']);
    // The SDK itself: what it reads, and no other, is not told.
    const profiles = await Profiles.use(text(config), text(credentials));
    try {
      const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
      expect(Object.keys(configFile)).toEqual(['default', 'dev', 'quoted']);
      expect(Object.keys(credentialsFile)).toEqual(['müller', 'a b c', 'dev']);
    } finally {
      await profiles.restore();
    }
  });

  it('are read credentials first', () => {
    expect(profileSetting(files, 'dev', 'region')).toBe('eu-north-1');
    expect(profileSetting(files, 'default', 'region')).toBe('us-east-1');
    expect(profileSetting(files, 'nobody', 'region')).toBeUndefined();
  });

  it.each([
    ['dev', 's3', 'http://s3'],
    ['dev', 'sagemaker', 'http://sm'],
    ['dev', 'sts', 'http://all'],
    ['plain', 's3', 'http://plain'],
    ['ignoring', 's3', undefined],
    ['default', 's3', undefined],
  ])('set the endpoint of %s for %s', (profile, service, endpoint) => {
    expect(profileEndpoint(files, profile, service)).toBe(endpoint);
  });

  it.each([
    ['single', 'sso'],
    ['old', 'sso'],
    ['role', 'sso'],
    ['login', 'login'],
    ['code', 'mfa'],
    ['keys', 'none'],
    ['ring', 'none'],
    ['itself', 'none'],
    ['nobody', 'none'],
  ])('say how a person signs in with %s: %s', (profile, way) => {
    expect(signInOf(files, profile)).toBe(way);
  });
});
