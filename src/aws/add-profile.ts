/** Short flows that add a profile to the user's AWS files, and show what they wrote. */
import { Uri, window, workspace } from 'vscode';
import { type Connection, profileConnection } from './connection';
import { addSections, configFile, credentialsFile, fileHasSection } from './profile-files';
import { askRegion } from './regions';

const nameRule = (text: string): string | undefined =>
  /^[\w.@+=,-]+$/.test(text) ? undefined : 'Letters, digits and . _ @ + = , - without spaces';

/** Adds a profile that signs in through IAM Identity Center. */
export async function addSso(): Promise<Connection | undefined> {
  const title = 'Add an SSO Profile';
  const name = await ask(title, 'Name of the profile', nameRule);
  const url = name && (await ask(title, 'Start URL of IAM Identity Center: https://….awsapps.com/start', isUrl));
  const ssoRegion = url && (await askRegion(`${title}: Region of IAM Identity Center`));
  const account = ssoRegion && (await ask(title, 'Account: 12 digits', matching(/^\d{12}$/, 'Twelve digits')));
  const role = account && (await ask(title, 'Name of the permission set (role)', nameRule));
  const region = role && (await askRegion(`${title}: Region of the profile`));
  if (!region) return undefined;
  const file = configFile();
  await addSections(file, [
    {
      name: `sso-session ${name}`,
      settings: { sso_start_url: url, sso_region: ssoRegion, sso_registration_scopes: 'sso:account:access' },
    },
    {
      name: `profile ${name}`,
      settings: { sso_session: name, sso_account_id: account, sso_role_name: role, region },
    },
  ]);
  await window.showTextDocument(await workspace.openTextDocument(Uri.file(file)), { preview: true });
  return profileConnection(name);
}

/** Adds a profile with an access key. The secret goes to the credentials file and is shown nowhere. */
export async function addKeys(): Promise<Connection | undefined> {
  const title = 'Add Keys';
  const name = await ask(title, 'Name of the profile', nameRule);
  const id = name && (await ask(title, 'Access key ID', matching(/^[A-Z0-9]{16,128}$/, 'Capital letters and digits')));
  const secret = id && (await ask(title, 'Secret access key', matching(/^\S{16,}$/, 'The key without spaces'), true));
  const region = secret && (await askRegion(`${title}: Region of the profile`));
  if (!region) return undefined;
  const file = credentialsFile();
  await addSections(file, [{ name, settings: { aws_access_key_id: id, aws_secret_access_key: secret } }]);
  const config = configFile();
  const section = name === 'default' ? name : `profile ${name}`;
  // A profile that has had no keys so far keeps its settings.
  if (!(await fileHasSection(config, section))) await addSections(config, [{ name: section, settings: { region } }]);
  await window.showTextDocument(await workspace.openTextDocument(Uri.file(config)), { preview: true });
  return profileConnection(name);
}

async function ask(
  title: string,
  prompt: string,
  validate: (text: string) => string | undefined,
  password = false,
): Promise<string | undefined> {
  const validateInput = (text: string): string | undefined => validate(text.trim());
  const text = await window.showInputBox({ title, prompt, password, ignoreFocusOut: true, validateInput });
  return text?.trim();
}

function matching(pattern: RegExp, otherwise: string): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? undefined : otherwise);
}

function isUrl(text: string): string | undefined {
  return URL.canParse(text) && text.startsWith('https:') ? undefined : 'An address that begins with https://';
}
