/** Which version of the SageMaker Python SDK a project asks for. */

/** The files that name a project's packages, the most telling first. */
export const requirementFiles = [
  'requirements.txt',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'Pipfile',
  'environment.yml',
  'environment.yaml',
] as const;

/**
 * What `pip install` is given for the SDK: the requirement as a file of the project writes it, else the generation
 * that the script's imports belong to. A requirement without an end was written when there was no third generation, or
 * means it: the imports tell.
 */
export function sdkRequirement(texts: readonly string[], sdk: 2 | 3): string {
  for (const text of texts) {
    const written = requirementOf('sagemaker', text);
    if (!written || (written === 'sagemaker' && sdk === 2)) continue;
    const isOpen = !/<|[=~]=/.test(written.replace(/!=[\w.*]+/g, ''));
    return sdk === 2 && isOpen ? `${written},<3` : written;
  }
  return sdk === 3 ? 'sagemaker>=3' : 'sagemaker<3';
}

/** The requirement of a package as a text writes it, without what stands around it; undefined where it is not named. */
export function requirementOf(name: string, text: string): string | undefined {
  const written = name.replace(/[-_.]+/g, '[-_.]+').replace(/[$^*()|\\]/g, '\\$&');
  // Poetry and Pipenv: sagemaker = "^2.100"
  const table = new RegExp(`^\\s*"?${written}"?\\s*=\\s*(?:\\{[^}]*version\\s*=\\s*)?"([^"]+)"`, 'im').exec(text);
  if (table) return `${name}${fromCaret(table[1] ?? '*')}`;
  const versions = '((?:\\s*(?:[=<>!~]=?=?)\\s*[\\w.*]+\\s*,?)+)?';
  const around = `(?:^|[\\s"'\`,\\[])${written}(?:\\[[\\w,\\s-]*\\])?${versions}(?=$|[\\s"'\`,;#\\]])`;
  const match = new RegExp(around, 'im').exec(text);
  if (!match) return undefined;
  const range = (match[1] ?? '').replace(/\s/g, '').replace(/,$/, '');
  // Conda pins with one equals sign.
  return `${name}${range.replace(/^=(?=\d)/, '==')}`;
}

function fromCaret(version: string): string {
  if (version === '*') return '';
  const bare = version.replace(/^[\^~]/, '');
  const [major = '0', minor = '0'] = bare.split('.');
  if (version.startsWith('^')) return `>=${bare},<${Number(major) + 1}`;
  if (version.startsWith('~')) return `>=${bare},<${major}.${Number(minor) + 1}`;
  return /^[\d.]+$/.test(version) ? `==${version}` : version;
}
