/**
 * What the AWS configuration and credentials files say. Pure; the SDK has parsed the files.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */

/** Sections by name, each with its settings. A setting of a sub-section is `section.setting`. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

/** Both files. The sections of the configuration that are no profiles have a prefix: `sso-session.x`, `services.x`. */
export interface AwsFiles {
  configFile: Sections;
  credentialsFile: Sections;
}

/** How a profile signs in. */
export type SignIn = 'sso' | 'login' | 'mfa' | 'none';

/** The profiles of both files, by name. */
export function profileNames({ configFile, credentialsFile }: AwsFiles): string[] {
  const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
  return [...new Set(names)].filter((name) => !/^(sso-session|services)\./.test(name)).sort();
}

/** A section heading with a prefix, as the SDK for JavaScript takes it apart. */
const prefixed = /^[\w-]+\s(["'])?[\w\-@+.%:/]+\1$/;

/**
 * The profiles that stand in the files and that the SDK for JavaScript passes over, because of their names: in the
 * configuration those with a space or with a letter beyond ASCII, in the credentials those of two words.
 *
 * @see https://github.com/smithy-lang/smithy-typescript, `parseIni`
 */
export function unreadProfiles(config: string, credentials: string): string[] {
  const ofConfig = headings(config)
    .filter((heading) => /^profile\s/.test(heading) && !prefixed.test(heading))
    .map((heading) => heading.replace(/^profile\s+/, '').replace(/^(["'])(.*)\1$/, '$2'));
  const ofCredentials = headings(credentials).filter((heading) => prefixed.test(heading));
  return [...new Set([...ofConfig, ...ofCredentials])].sort();
}

function headings(text: string): string[] {
  return [...text.matchAll(/^\s*\[([^\]\n]+)\]/gm)].map(([, heading = '']) => heading);
}

/** One setting of a profile; the credentials file comes first, as in the SDKs. */
export function profileSetting({ configFile, credentialsFile }: AwsFiles, profile: string, key: string) {
  return credentialsFile[profile]?.[key] ?? configFile[profile]?.[key];
}

/**
 * The endpoint that a profile sets for a service, or for all of them.
 *
 * @param service the service's id as the SDK spells it, in lower case with underscores: `cloudwatch_logs`
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function profileEndpoint(files: AwsFiles, profile: string, service: string): string | undefined {
  if (profileSetting(files, profile, 'ignore_configured_endpoint_urls') === 'true') return undefined;
  const services = profileSetting(files, profile, 'services');
  const own =
    services === undefined ? undefined : files.configFile[`services.${services}`]?.[`${service}.endpoint_url`];
  return own ?? profileSetting(files, profile, 'endpoint_url');
}

/** What a person does to sign in with a profile; a role is signed in with the profile that it comes from. */
export function signInOf(files: AwsFiles, profile: string, seen: readonly string[] = []): SignIn {
  const has = (key: string): boolean => profileSetting(files, profile, key) !== undefined;
  if (has('sso_session') || has('sso_start_url')) return 'sso';
  if (has('login_session')) return 'login';
  if (has('mfa_serial')) return 'mfa';
  const source = profileSetting(files, profile, 'source_profile');
  return source === undefined || source === profile || seen.includes(source)
    ? 'none'
    : signInOf(files, source, [...seen, profile]);
}
