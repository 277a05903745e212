/** The shapes of an appspec: for servers, for ECS and for Lambda. */
import { any, list, map, object, oneOf, optional, required, text, whole } from '../shape/shape';

const word = text({ loose: true });
const version = required(
  text({ loose: true, values: ['0.0'], orMatching: /^0$/ }),
  'The version of the language: 0.0.',
);

/** The most seconds that the scripts of one event may take together. */
export const maxTimeout = 3600;

/** Events of a server's deployment that run scripts. */
export const serverEvents = [
  'ApplicationStop',
  'BeforeInstall',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
  'BeforeBlockTraffic',
  'AfterBlockTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const;

/** Events that the agent keeps for itself. */
export const closedEvents = ['Start', 'DownloadBundle', 'Install', 'BlockTraffic', 'AllowTraffic', 'End'] as const;

const scripts = list(
  object({
    location: required(word, 'The script, relative to the root of the revision.'),
    timeout: optional(whole(1, maxTimeout, true), 'Seconds until the script counts as failed.'),
    runas: optional(word, 'The user that runs the script.'),
  }),
  { min: 1, of: 'script' },
);

const permission = object({
  object: required(word, 'The folder or file.'),
  pattern: optional(word),
  except: optional(list(word)),
  owner: optional(word),
  group: optional(word),
  mode: optional(text({ loose: true, pattern: /^[0-7]{1,4}$/, wants: 'an octal mode: 755' })),
  acls: optional(list(word)),
  context: optional(object({ user: optional(word), type: optional(word), range: optional(word) })),
  type: optional(list(oneOf('file', 'directory'))),
});

/** For EC2 and servers of one's own. */
export const server = object({
  version,
  os: required(oneOf('linux', 'windows'), 'The system of the servers: linux or windows.'),
  files: optional(
    list(
      object({
        source: required(word, 'What is copied, from the root of the revision.'),
        destination: required(word, 'Where it goes.'),
      }),
    ),
    'What is copied to the servers.',
  ),
  file_exists_behavior: optional(
    oneOf('DISALLOW', 'OVERWRITE', 'RETAIN'),
    'What happens to files that are there already.',
  ),
  permissions: optional(list(permission), 'Permissions of what was copied.'),
  hooks: optional(map(scripts), 'Scripts by event.'),
});

const network = object({
  AwsvpcConfiguration: optional(
    object({
      Subnets: optional(list(word)),
      SecurityGroups: optional(list(word)),
      AssignPublicIp: optional(oneOf('ENABLED', 'DISABLED')),
    }),
  ),
});

/** A service of ECS under `Resources`. */
const service = object({
  Type: required(oneOf('AWS::ECS::Service'), 'Always AWS::ECS::Service.'),
  Properties: required(
    object({
      TaskDefinition: required(
        word,
        'The ARN of the task definition, or <TASK_DEFINITION>, which the pipeline fills in.',
      ),
      LoadBalancerInfo: required(
        object({
          ContainerName: required(word, 'The container that gets the traffic.'),
          ContainerPort: required(whole(1, 65_535, true), 'The port of the container.'),
        }),
        'Which container the load balancer sends traffic to.',
      ),
      PlatformVersion: optional(word),
      NetworkConfiguration: optional(network),
      CapacityProviderStrategy: optional(list(any)),
    }),
    'What is deployed.',
  ),
});

/** A function under `Resources`. */
const lambda = object({
  Type: required(oneOf('AWS::Lambda::Function'), 'Always AWS::Lambda::Function.'),
  Properties: required(
    object({
      Name: required(word, 'The name of the function.'),
      Alias: required(word, 'The alias whose traffic is moved.'),
      CurrentVersion: required(word, 'The version that the traffic goes to now.'),
      TargetVersion: required(word, 'The version that the traffic is moved to.'),
    }),
    'What is deployed.',
  ),
});

/** Events of a deployment to ECS and to Lambda, each a function that is called. */
export const ecsEvents = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const;
export const lambdaEvents = ['BeforeAllowTraffic', 'AfterAllowTraffic'] as const;

const hooks = list(map(word));

export const ecs = object({
  version,
  Resources: required(list(map(service), { min: 1, max: 1, of: 'resource' }), 'The service.'),
  Hooks: optional(hooks, 'Functions by event.'),
});

export const functionSpec = object({
  version,
  Resources: required(list(map(lambda), { min: 1, max: 1, of: 'resource' }), 'The function.'),
  Hooks: optional(hooks, 'Functions by event.'),
});
