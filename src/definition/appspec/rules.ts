/** What an appspec asks for beyond its shape. */
import { nearest } from '../near';
import type { Report, Rule } from '../rule';
import { inWords } from '../shape/check';
import type { CommonExamples } from '../shape/rules';
import type { Node, Tree } from '../tree';
import { closedEvents, ecsEvents, lambdaEvents, maxTimeout, serverEvents } from './shapes';

/** What an appspec is for. */
export type Platform = 'server' | 'ecs' | 'lambda';

const file = 'appspec.yml';
const head = 'version: 0.0\nos: linux\n';
const hook = (event: string, timeout: string): string =>
  `${head}hooks:\n  ${event}:\n    - location: scripts/run.sh\n      timeout: ${timeout}\n`;

function rule(name: string, title: string, explanation: string, bad: string, good: string): Rule {
  return { id: `ad/${name}`, level: 'error', title, explanation, example: { frame: 'document', bad, good, file } };
}

export const commonExamples: CommonExamples = {
  frame: 'document',
  file,
  syntax: ['version: 0.0\nos: [linux\n', head],
  duplicateKey: [`${head}os: windows\n`, head],
  unknownMember: [`${head}file: []\n`, `${head}files: []\n`],
  missingMember: ['version: 0.0\nfiles: []\n', head],
  wrongType: [`${head}files:\n  source: /\n`, `${head}files:\n  - source: /\n    destination: /srv\n`],
  unknownValue: ['version: 0.0\nos: ubuntu\n', head],
  invalidValue: [
    `${head}permissions:\n  - object: /srv\n    mode: rwx\n`,
    `${head}permissions:\n  - object: /srv\n    mode: 755\n`,
  ],
  outOfRange: [hook('AfterInstall', '4000'), hook('AfterInstall', '300')],
};

export const ownRules: readonly Rule[] = [
  rule(
    'unknown-event',
    'An event that runs nothing',
    'Each platform has events at which scripts or functions run. Others do not exist, or the agent keeps them for itself.',
    hook('AfterInstal', '300'),
    hook('AfterInstall', '300'),
  ),
  rule(
    'event-timeout',
    'The scripts of an event may take longer than an hour',
    `The timeouts of all scripts of one event are at most ${maxTimeout} seconds together.`,
    `${hook('AfterInstall', '2000')}    - location: scripts/more.sh\n      timeout: 2000\n`,
    `${hook('AfterInstall', '2000')}    - location: scripts/more.sh\n      timeout: 1000\n`,
  ),
  rule(
    'version-in-quotes',
    'A version in quotes',
    'The CodeDeploy agent compares the version with the number 0.0; a string is another value.',
    'version: "0.0"\nos: linux\n',
    'version: 0.0\nos: linux\n',
  ),
  rule(
    'octal-mode',
    'A mode that YAML reads as another number',
    'The agent reads YAML 1.1, where an unquoted number that begins with 0 is octal: `0644` becomes 420.',
    `${head}permissions:\n  - object: /srv\n    mode: 0644\n`,
    `${head}permissions:\n  - object: /srv\n    mode: 644\n`,
  ),
  rule(
    'windows-permissions',
    'Permissions on Windows',
    '`permissions` are for Linux. Remove them, or change `os`.',
    'version: 0.0\nos: windows\npermissions:\n  - object: /srv\n',
    'version: 0.0\nos: linux\npermissions:\n  - object: /srv\n',
  ),
];

/** Checks what shapes cannot say. */
export function checkOwn(tree: Tree, root: Node, platform: Platform, report: Report): void {
  if (platform === 'server') checkServer(tree, root, report);
  else {
    const events = platform === 'ecs' ? ecsEvents : lambdaEvents;
    for (const item of root.get('Hooks')?.items ?? [])
      for (const event of item.members) checkEvent(event, events, report);
  }
}

function checkServer(tree: Tree, root: Node, report: Report): void {
  const version = root.get('version');
  if (version?.kind === 'string') {
    report({
      rule: 'ad/version-in-quotes',
      node: version,
      message: 'The agent takes the version as a number only. Write 0.0, without quotes.',
      fixes: (edit) => [edit.fix('Change to 0.0', [edit.span(version.start, version.end, '0.0')], true)],
    });
  }
  const permissions = root.get('permissions');
  for (const mode of (permissions?.items ?? []).map((item) => item.get('mode'))) {
    const written = mode?.kind === 'number' ? tree.source(mode) : '';
    if (mode && /^0[0-7]+$/.test(written)) reportOctal(mode, written, report);
  }
  if (permissions && root.get('os')?.text === 'windows') {
    report({
      rule: 'ad/windows-permissions',
      node: permissions,
      mark: 'key',
      message: 'Windows has no permissions of this kind. Remove them.',
      fixes: (edit) => [edit.fix('Remove permissions', [edit.remove(permissions)])],
    });
  }
  for (const event of root.get('hooks')?.members ?? []) {
    checkEvent(event, serverEvents, report);
    const total = event.items.reduce((sum, script) => sum + (Number(script.get('timeout')?.value) || 0), 0);
    if (event.items.length < 2 || total <= maxTimeout) continue;
    report({
      rule: 'ad/event-timeout',
      node: event,
      mark: 'key',
      message: `The scripts of ${event.key ?? ''} may take ${total} s together, and at most ${maxTimeout} are allowed.`,
    });
  }
}

/** YAML 1.1, which the agent reads, takes digits behind a 0 as octal: 0644 is the number 420. */
function reportOctal(node: Node, written: string, report: Report): void {
  const digits = written.replace(/^0+(?=\d)/, '');
  report({
    rule: 'ad/octal-mode',
    node,
    message: `${written} is read as the number ${Number.parseInt(digits, 8)}, which is another mode. Write ${digits}, or put it in quotes.`,
    fixes: (edit) => [edit.fix(`Change to ${digits}`, [edit.span(node.start, node.end, digits)], true)],
  });
}

function checkEvent(event: Node, events: readonly string[], report: Report): void {
  const name = String(event.key);
  if (events.includes(name)) return;
  const closed = closedEvents.some((one) => one === name);
  const near = nearest(name, events);
  report({
    rule: 'ad/unknown-event',
    node: event,
    mark: 'key',
    message: closed
      ? `The agent keeps ${name} for itself; scripts run at ${inWords(events)}.`
      : `There is no event ${name}. ${near ? `Did you mean ${near}?` : `There are ${inWords(events)}.`}`,
    fixes: (edit) => [near && !closed ? edit.fix(`Change to ${near}`, [edit.key(event, near)], true) : undefined],
  });
}
