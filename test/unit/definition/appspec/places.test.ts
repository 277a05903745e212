import { testPlaces } from '../places';

const head = 'version: 0.0\nos: linux\n';
const ecs = (more: string): string =>
  `version: 0.0\nResources:\n  - Service:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: <TASK_DEFINITION>\n        LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}\n${more}`;

testPlaces('appspec.yml', [
  ['ad/unknown-member', `${head}|hook|: {}\n`, `${head}hooks: {}\n`],
  ['ad/missing-member', ecs('').replace('{ContainerName: web, ContainerPort: 80}', '|{|ContainerName: web}'), ecs('')],
  ['ad/wrong-type', `${head}files: |{|source: a}\n`, `${head}files: []\n`],
  ['ad/unknown-value', 'version: 0.0\nos: |Linux|\n', 'version: "0.0"\nos: windows\n'],
  [
    'ad/invalid-value',
    `${head}permissions:\n  - object: /srv\n    mode: |789|\n`,
    `${head}permissions:\n  - object: /srv\n    mode: "0755"\n`,
  ],
  [
    'ad/out-of-range',
    `${head}hooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: |0|\n`,
    `${head}hooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: "300"\n`,
  ],
  [
    'ad/unknown-event',
    `${head}hooks:\n  |Install|:\n    - location: a.sh\n`,
    `${head}hooks:\n  BeforeInstall:\n    - location: a.sh\n`,
  ],
  [
    'ad/event-timeout',
    `${head}hooks:\n  |AfterInstall|:\n    - {location: a, timeout: 1801}\n    - {location: b, timeout: 1800}\n`,
    `${head}hooks:\n  AfterInstall:\n    - {location: a, timeout: 1800}\n    - {location: b, timeout: 1800}\n`,
  ],
  [
    'ad/windows-permissions',
    'version: 0.0\nos: windows\n|permissions|:\n  - object: /srv\n',
    'version: 0.0\nos: windows\nfiles: []\n',
  ],
]);

testPlaces('appspec.json', [
  [
    'ad/unknown-event',
    '{"version": 0.0, "Resources": [{"F": {"Type": "AWS::Lambda::Function", "Properties": {"Name": "f", "Alias": "a", "CurrentVersion": "1", "TargetVersion": "2"}}}], "Hooks": [{|"BeforeInstall"|: "g"}]}',
    '{"version": 0.0, "Resources": [{"F": {"Type": "AWS::Lambda::Function", "Properties": {"Name": "f", "Alias": "a", "CurrentVersion": "1", "TargetVersion": "2"}}}], "Hooks": [{"BeforeAllowTraffic": "g"}]}',
  ],
  [
    'ad/missing-member',
    '{"version": 0.0, "Resources": [{"F": {"Type": "AWS::Lambda::Function", "Properties": |{|"Name": "f"}}}]}',
    '{"version": 0.0, "os": "linux"}',
  ],
]);
