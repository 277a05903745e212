import { describe, expect, it } from 'vitest';
import { type AwsFiles, profileEndpoint, profileNames, profileSetting, signInOf } from '../../../src/aws/profiles';

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
