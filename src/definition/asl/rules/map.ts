/** Map states, inline and distributed. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { State } from '../model';
import { isFilledIn } from '../values';
import { type Check, guide, machine, rule } from './tools';

const inner = '"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": true}}';
const map = (members: string, config = '"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"'): string =>
  machine(
    `"Each": {"Type": "Map", "ItemProcessor": {${config === '' ? '' : `"ProcessorConfig": {${config}}, `}${inner}}${members}, "End": true}`,
  );

export const mapRules: readonly Rule[] = [
  rule(
    'map-mode',
    'warning',
    'A member of a distributed Map in an inline one',
    'ItemReader, ItemBatcher, ResultWriter, Label and the tolerated failures belong to a Map whose ProcessorConfig has the Mode DISTRIBUTED.',
    map(', "Label": "items"', '"Mode": "INLINE"'),
    map(', "Label": "items"'),
    guide('state-map-distributed'),
  ),
  rule(
    'execution-type',
    'error',
    'A distributed Map that does not say how its children run',
    'A ProcessorConfig with the Mode DISTRIBUTED needs an ExecutionType, STANDARD or EXPRESS; with the Mode INLINE it has none.',
    map('', '"Mode": "DISTRIBUTED"'),
    map(''),
    guide('state-map-distributed'),
  ),
  rule(
    'item-reader',
    'error',
    'An ItemReader that does not fit what it reads',
    'arn:aws:states:::s3:getObject reads one object and needs ReaderConfig.InputType; arn:aws:states:::s3:listObjectsV2 lists objects and has none. CSVHeaders are given with `"CSVHeaderLocation": "GIVEN"` alone, and then they must be.',
    map(
      ', "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}, "Parameters": {"Bucket": "b", "Key": "k"}}',
    ),
    map(
      ', "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["id"]}, "Parameters": {"Bucket": "b", "Key": "k"}}',
    ),
    guide('input-output-itemreader'),
  ),
  rule(
    'item-batcher',
    'error',
    'An ItemBatcher without a size',
    'A batch needs MaxItemsPerBatch, MaxInputBytesPerBatch, or a path to one of them.',
    map(', "ItemBatcher": {"BatchInput": {"stage": "test"}}'),
    map(', "ItemBatcher": {"BatchInput": {"stage": "test"}, "MaxItemsPerBatch": 10}'),
    guide('input-output-itembatcher'),
  ),
  rule(
    'duplicate-label',
    'error',
    'Two distributed Map states with one label',
    'The label is part of the name of the map runs and is unique in the machine.',
    machine(
      `"One": {"Type": "Map", "Label": "l", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ${inner}}, "Next": "Two"}, "Two": {"Type": "Map", "Label": "l", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ${inner.replaceAll('Item"', 'Other"')}}, "End": true}`,
    ),
    machine(
      `"One": {"Type": "Map", "Label": "l", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ${inner}}, "Next": "Two"}, "Two": {"Type": "Map", "Label": "m", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ${inner.replaceAll('Item"', 'Other"')}}, "End": true}`,
    ),
    guide('state-map-distributed'),
  ),
];

const distributedOnly = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'Label',
  'ToleratedFailurePercentage',
  'ToleratedFailurePercentagePath',
  'ToleratedFailureCount',
  'ToleratedFailureCountPath',
];

export const checkMaps: Check = (_machine, report) => {
  const labels = new Map<string, Node>();
  return (state) => {
    if (state.type !== 'Map') return;
    checkMode(state, report);
    checkReader(state.node.get('ItemReader'), report);
    checkBatcher(state.node.get('ItemBatcher'), report);
    const label = state.node.get('Label');
    if (label?.text === undefined || isFilledIn(label)) return;
    const other = labels.get(label.text);
    if (other) {
      report({
        rule: 'asl/duplicate-label',
        node: label,
        message: `Another Map state has the label '${label.text}'. Choose another one.`,
        related: [{ node: other, message: 'The other label.' }],
      });
    } else labels.set(label.text, label);
  };
};

function checkMode({ node }: State, report: Report): void {
  const config = (node.get('ItemProcessor') ?? node.get('Iterator'))?.get('ProcessorConfig');
  if (config && isFilledIn(config)) return;
  const mode = config?.get('Mode');
  if (mode && mode.text !== 'INLINE' && mode.text !== 'DISTRIBUTED') return;
  const type = config?.get('ExecutionType');
  if (mode?.text === 'DISTRIBUTED') {
    if (config && !type) {
      report({
        rule: 'asl/execution-type',
        node: config,
        mark: 'opening',
        message: 'ExecutionType is missing: STANDARD or EXPRESS.',
        fixes: (edit) => [edit.fix('Add ExecutionType', [edit.insert(config, 'ExecutionType', 'STANDARD')])],
      });
    }
    return;
  }
  for (const name of distributedOnly) {
    const member = node.get(name);
    if (!member) continue;
    report({
      rule: 'asl/map-mode',
      node: member,
      mark: 'key',
      message: `${name} belongs to a distributed Map, and this one is inline${mode ? '' : ', since its processor has no Mode'}.`,
      fixes: (edit) => [
        mode ? edit.fix('Change the Mode to DISTRIBUTED', [edit.value(mode, 'DISTRIBUTED')]) : undefined,
      ],
    });
  }
}

const readers = ['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2'];

function checkReader(reader: Node | undefined, report: Report): void {
  const resource = reader?.get('Resource');
  if (!reader || reader.kind !== 'object' || resource?.text === undefined || isFilledIn(resource)) return;
  const operation = /^arn:aws[\w-]*:states:[\w-]*:\d*:s3:(\w+)$/.exec(resource.text)?.[1];
  if (operation !== 'getObject' && operation !== 'listObjectsV2') {
    const near = nearest(resource.text, readers);
    report({
      rule: 'asl/item-reader',
      node: resource,
      message: `A Map reads its items by ${readers.join(' or ')}.${near ? ` Did you mean '${near}'?` : ''}`,
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(resource, near)]) : undefined],
    });
    return;
  }
  const config = reader.get('ReaderConfig');
  if (config && (config.kind !== 'object' || isFilledIn(config))) return;
  const type = config?.get('InputType');
  if (operation === 'getObject' && !type) {
    report({
      rule: 'asl/item-reader',
      node: config ?? reader,
      mark: 'opening',
      message: 'ReaderConfig.InputType is missing: what the object holds, CSV, JSON, JSONL, PARQUET or MANIFEST.',
    });
  }
  const headers = config?.get('CSVHeaders');
  const location = config?.get('CSVHeaderLocation');
  if (location?.text === 'GIVEN' && !headers) {
    report({
      rule: 'asl/item-reader',
      node: location,
      message: 'CSVHeaders are missing: the names of the columns that are given.',
      fixes: (edit) => [config && edit.fix('Add CSVHeaders', [edit.insert(config, 'CSVHeaders', ['id'])])],
    });
  }
  if (headers && location?.text === 'FIRST_ROW') {
    report({
      rule: 'asl/item-reader',
      node: headers,
      mark: 'key',
      message: 'CSVHeaders are not read: the names of the columns come from the first row.',
      atMost: 'warning',
      fixes: (edit) => [edit.fix('Remove CSVHeaders', [edit.remove(headers)])],
    });
  }
}

function checkBatcher(batcher: Node | undefined, report: Report): void {
  if (!batcher || batcher.kind !== 'object' || isFilledIn(batcher)) return;
  const sizes = ['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath'];
  if (sizes.some((name) => batcher.get(name))) return;
  report({
    rule: 'asl/item-batcher',
    node: batcher,
    mark: 'opening',
    message: 'MaxItemsPerBatch or MaxInputBytesPerBatch is missing.',
    fixes: (edit) => [edit.fix('Add MaxItemsPerBatch', [edit.insert(batcher, 'MaxItemsPerBatch', 10)])],
  });
}
