import { beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../../../src/definition';
import { loadJsonata } from '../../../../src/definition/asl/expressions/jsonata';
import { loadServices } from '../../../../src/definition/asl/services';
import { stretch } from '../marked';
import { type PlaceCase, testPlaces } from '../places';

const services = ['lambda', 'sagemaker', 'sqs', 'sns', 'aws-sdk:s3', 'aws-sdk:sagemaker', 'glue', 'dynamodb'];

beforeAll(async () => {
  await loadJsonata();
  await loadServices(services.map((name) => `arn:aws:states:::${name}:x`).join(' '));
});

const machine = (states: string, more = ''): string =>
  `{"StartAt": "${/"([^"|]*)"/.exec(states)?.[1] ?? ''}"${more}, "States": {${states}}}`;
const done = '"Done": {"Type": "Succeed"}';
/** One state before the end. */
const state = (members: string, name = 'A'): string => machine(`"${name}": {${members}, "Next": "Done"}, ${done}`);
const jsonata = (members: string, name = 'A'): string =>
  machine(`"${name}": {${members}, "Next": "Done"}, ${done}`, ', "QueryLanguage": "JSONata"');
const pass = (members: string): string => state(`"Type": "Pass", ${members}`);
const template = (members: string): string => pass(`"Parameters": {${members}}`);
const expression = (text: string): string => jsonata(`"Type": "Pass", "Output": "${text}"`);
const lambda = '"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}';
const task = (members: string, call = lambda): string => state(`"Type": "Task", ${call}${members}`);
const call = (resource: string, parameters: string): string =>
  state(`"Type": "Task", "Resource": ${resource}, "Parameters": ${parameters}`);
const retry = (retriers: string): string => task(`, "Retry": [${retriers}]`);
const choose = (members: string): string =>
  machine(`"A": {"Type": "Choice", "Choices": [{${members}}], "Default": "Done"}, ${done}`);
const inner = '"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}';
const distributed = `"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ${inner}}`;
const map = (members: string, processor = distributed): string => state(`"Type": "Map", ${processor}${members}`);
const training = (more: string, resources = '"InstanceCount": 1'): string =>
  call(
    '"arn:aws:states:::sagemaker:createTrainingJob.sync"',
    `{"TrainingJobName.$": "$.name", "RoleArn": "arn:aws:iam::111122223333:role/m", "AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"}, "OutputDataConfig": {"S3OutputPath": "s3://b/o"}, "ResourceConfig": {${resources}, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}, "StoppingCondition": {"MaxRuntimeInSeconds": 60}${more}}`,
  );
/** A machine that another one is started by, and what is read of its end. */
const started = (pattern: string, path: string, read: string): string =>
  machine(
    `"A": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.${pattern}", "Parameters": {"StateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:m"}, "ResultPath": "${path}", "Next": "B"}, "B": {"Type": "Pass", ${read}, "Next": "Done"}, ${done}`,
  );
const name = 'x'.repeat(81);

/** Rule, a text with the marked place, and one like it with nothing wrong of this kind. */
const cases: PlaceCase[] = [
  ['asl/unknown-member', state('"Type": "Wait", "Seconds": 1, |"TimeoutSeconds"|: 5'), task(', "TimeoutSeconds": 5')],
  ['asl/unknown-member', pass('|"Catch"|: [{"ErrorEquals": ["X"], "Next": "Done"}]'), task(', "Catch": []')],
  [
    'asl/unknown-member',
    map('', `"ItemProcessor": {|"QueryLanguage"|: "JSONata", ${inner}}`),
    map(', "QueryLanguage": "JSONata"'),
  ],
  ['asl/missing-member', machine(`"A": |{|"Type": "Task", "Next": "Done"}, ${done}`), task('')],
  ['asl/wrong-type', state('"Type": "Wait", "Seconds": |"1"|'), jsonata('"Type": "Wait", "Seconds": "{% 1 %}"')],
  ['asl/unknown-value', pass('"Result": 1').replace('"Pass"', '|"pass"|'), pass('"Result": "pass"')],
  ['asl/unknown-value', pass('"Result": 1, "QueryLanguage": |"jsonpath"|'), pass('"QueryLanguage": "JSONPath"')],
  [
    'asl/invalid-value',
    state('"Type": "Wait", "Timestamp": |"2030-13-01T12:00:00Z"|'),
    state('"Type": "Wait", "Timestamp": "2030-12-31T23:59:60Z"'),
  ],
  [
    'asl/invalid-value',
    state('"Type": "Wait", "Timestamp": |"tomorrow"|'),
    state('"Type": "Wait", "Timestamp": "2030-01-31T12:00:00+01:00"'),
  ],
  [
    'asl/out-of-range',
    retry('{"ErrorEquals": ["X"], "BackoffRate": |0.5|}'),
    retry('{"ErrorEquals": ["X"], "BackoffRate": 1.0}'),
  ],
  ['asl/out-of-range', map(', "ToleratedFailurePercentage": |100.5|'), map(', "ToleratedFailurePercentage": 99.5')],
  [
    'asl/one-of',
    state('"Type": "Wait", "Seconds": 1, |"SecondsPath"|: "$.s"'),
    state('"Type": "Wait", "SecondsPath": "$.s"'),
  ],
  [
    'asl/one-of',
    machine(`|"M"|: {"Type": "Map", "ItemsPath": "$.x", "Next": "Done"}, ${done}`),
    map(', "ItemsPath": "$.x"'),
  ],
  ['asl/one-of', map(`, |"Iterator"|: {${inner.replaceAll('I"', 'J"')}}`), map('', `"Iterator": {${inner}}`)],
  [
    'asl/heartbeat',
    task(', "TimeoutSeconds": 5, "HeartbeatSeconds": |5|'),
    task(', "TimeoutSeconds": 6, "HeartbeatSeconds": 5'),
  ],
  [
    'asl/retry-delay',
    retry('{"ErrorEquals": ["X"], "MaxDelaySeconds": |1|}'),
    retry('{"ErrorEquals": ["X"], "MaxDelaySeconds": 2}'),
  ],
  [
    'asl/unknown-state',
    machine(`"A": {"Type": "Pass", "Next": |"Dne"|}, "Dne2": {"Type": "Succeed"}`),
    pass('"Result": 1'),
  ],
  [
    'asl/unknown-state',
    machine(
      `"A": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": |"Done"|}}}], "Next": "Done"}, ${done}`,
    ),
    machine(
      `"A": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}], "Next": "Done"}, ${done}`,
    ),
  ],
  [
    'asl/next-or-end',
    machine(`"A": {"Type": "Pass", "Next": "Done", |"End"|: true}, ${done}`),
    machine(`"A": {"Type": "Pass", "Next": "Done", "End": false}, ${done}`),
  ],
  ['asl/next-or-end', machine(`|"A"|: {"Type": "Pass"}`), machine('"A": {"Type": "Pass", "End": true}')],
  [
    'asl/no-end',
    `|{|"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}`,
    `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Fail"}}}`,
  ],
  [
    'asl/unreachable-state',
    machine(`"A": {"Type": "Pass", "Next": "Done"}, |"B"|: {"Type": "Pass", "Next": "Done"}, ${done}`),
    task(', "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]').replace(done, `"B": {"Type": "Fail"}, ${done}`),
  ],
  [
    'asl/duplicate-state',
    machine(`"A": {"Type": "Map", ${distributed}, "Next": "I"}, |"I"|: {"Type": "Succeed"}`),
    machine(`"A": {"Type": "Map", ${distributed}, "Next": "i"}, "i": {"Type": "Succeed"}`),
  ],
  [
    'asl/state-name',
    `{"StartAt": "${name}", "States": {|"${name}"|: {"Type": "Succeed"}}}`,
    `{"StartAt": "${name.slice(1)}", "States": {"${name.slice(1)}": {"Type": "Succeed"}}}`,
  ],
  ['asl/query-language', pass('|"Output"|: "{% 1 %}"'), jsonata('"Type": "Pass", "Output": "{% 1 %}"')],
  ['asl/query-language', jsonata('"Type": "Pass", |"ResultPath"|: "$.x"'), pass('"ResultPath": "$.x"')],
  [
    'asl/query-language-place',
    jsonata('"Type": "Pass", "QueryLanguage": |"JSONPath"|'),
    jsonata('"Type": "Pass", "QueryLanguage": "JSONata"'),
  ],
  ['asl/path', pass('"InputPath": |"a.b"|'), pass('"InputPath": null')],
  ['asl/path', pass('"InputPath": "$.a|[|0"'), pass('"InputPath": "$.a-b[?(@.c == \'x]\')].d.length()"')],
  ['asl/reference-path', pass('"ResultPath": "$.a|[*]|"'), pass('"InputPath": "$.a[*]"')],
  ['asl/reference-path', pass('"ResultPath": |"$$.a"|'), pass('"ResultPath": "$[\'a b\'][0].c"')],
  ['asl/path-value', template('"a.$": |"train-1"|'), template('"a": "train-1"')],
  ['asl/payload-conflict', template('"a": 1, |"a.$"|: "$.a"'), template('"a": 1, "b.$": "$.a"')],
  ['asl/path-as-text', training(', "TrainingJobName2": |"$.name"|'), training(', "ExperimentConfig.$": "$.name"')],
  ['asl/path-as-text', template('"price": |"$.price"|'), template('"price": "$5.00", "jsonPath": "$.a", "sign": "$"')],
  ['asl/intrinsic-function', template('"a.$": "|States.Uuid|()"'), template('"a.$": "States.UUID()"')],
  [
    'asl/intrinsic-function',
    template('"a.$": "States.Format(\'{}\', $.|a|"'),
    template('"a.$": "States.Format(\'{}, {}\', $.a[?(@.b == 1)].c, 1)"'),
  ],
  ['asl/intrinsic-arguments', template('"a.$": "States.MathAdd($.a, |\'1\'|)"'), template('"a.$": "States.Array()"')],
  [
    'asl/intrinsic-arguments',
    template('"a.$": "States.Format(|\'{} {}\'|, $.a)"'),
    template('"a.$": "States.Format(\'\\\\{} {}\', $.a)"'),
  ],
  ['asl/unknown-context', template('"a.$": "$$.Execution.|ID|"'), template('"a.$": "$$.Execution.Input.ID"')],
  ['asl/jsonata-syntax', expression('{% 1 +| |%}'), expression('{% 1 + 1 %}')],
  ['asl/jsonata-syntax', jsonata('"Type": "Pass", "Output": |"{% 1 %"|'), expression('{%1%}')],
  [
    'asl/jsonata-reference',
    expression('{% |phone| %}'),
    expression("{% $states.input.phones[type = 'home'].number %}"),
  ],
  [
    'asl/jsonata-reference',
    expression('{% |$|.a %}'),
    expression('{% $map($states.input.a, function($v) { $v.b }) %}'),
  ],
  [
    'asl/unknown-states-member',
    expression('{% $states.|result|.a %}'),
    jsonata(
      `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "Output": "{% $states.result.Payload %}"`,
    ),
  ],
  [
    'asl/unknown-states-member',
    jsonata(
      `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "Output": "{% $states.|errorOutput| %}"`,
    ),
    jsonata(
      `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "Catch": [{"ErrorEquals": ["X"], "Output": "{% $states.errorOutput.Error %}", "Next": "Done"}]`,
    ),
  ],
  ['asl/jsonata-function', expression("{% |$eval|('1') %}"), expression("{% $parse('1') %}")],
  ['asl/expression-as-text', template('"a": |"{% $states.input %}"|'), template('"a": "100% {%"')],
  [
    'asl/expression-as-text',
    jsonata('"Type": "Pass", "Output": {"a": |"$.a"|}'),
    jsonata('"Type": "Pass", "Output": {"a": "$5"}'),
  ],
  [
    'asl/variable-name',
    jsonata('"Type": "Pass", "Assign": {|"states"|: 1}'),
    jsonata('"Type": "Pass", "Assign": {"états_1": 1}'),
  ],
  [
    'asl/variable-scope',
    machine(
      `"A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {|"x.$"|: "$.x"}, "End": true}}}, "End": true}`,
    ),
    machine(
      `"A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x.$": "$.x"}, "End": true}}}, "End": true}`,
    ),
  ],
  ...(['Output.model', "Output['model']", 'Output[0]'] as const).map((read): PlaceCase => [
    'asl/text-result',
    started('sync', '$.run', `"InputPath": |"$.run.${read}"|`),
    started('sync:2', '$.run', `"InputPath": "$.run.${read}"`),
  ]),
  [
    'asl/text-result',
    started('sync', '$.run', '"InputPath": "$.run"').replace(
      '"ResultPath"',
      '"ResultSelector": {"m.$": |"$.Output.m"|}, "ResultPath"',
    ),
    started('sync', '$.run', '"Parameters": {"m.$": "States.StringToJson($.run.Output)"}'),
  ],
  [
    'asl/unknown-result',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"s.$": "$.p.|PipelineState|"}, "End": true}}}',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"s.$": "$.p.PipelineStatus"}, "End": true}}}',
  ],
  [
    'asl/unknown-result',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"s.$": "$.p.|Nothing|"}, "End": true}}}',
    // A selector makes another result; what was cut out is not the result.
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "ResultSelector": {"Nothing.$": "$.PipelineStatus"}, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"s.$": "$.p.Nothing"}, "End": true}}}',
  ],
  [
    'asl/unknown-result',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"s.$": "$.p.|Nothing|"}, "End": true}}}',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describePipeline", "Parameters": {"PipelineName": "p"}, "ResultPath": "$.p", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 5, "Next": "C"}, "C": {"Type": "Pass", "InputPath": "$.q", "Parameters": {"s.$": "$.p.Nothing"}, "End": true}}}',
  ],
  [
    'asl/unknown-variable',
    '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% |$later| %}", "Next": "B"}, "B": {"Type": "Pass", "Assign": {"later": 1}, "End": true}}}',
    '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"later": 1}, "Next": "B"}, "B": {"Type": "Pass", "Output": "{% $later %}", "Assign": {"later": "{% $later + 1 %}"}, "End": true}}}',
  ],
  [
    'asl/unknown-variable',
    '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"n.$": "|$n|"}, "Next": "B"}, "B": {"Type": "Succeed"}}}',
    // The loop leads back to the reader; what is in a branch runs after what leads to it.
    '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericEquals": 3, "Next": "C"}], "Default": "B"}, "B": {"Type": "Pass", "Assign": {"n": 1}, "Next": "A"}, "C": {"Type": "Parallel", "Branches": [{"StartAt": "D", "States": {"D": {"Type": "Pass", "Parameters": {"n.$": "$n"}, "End": true}}}], "End": true}}}',
  ],
  [
    'asl/unknown-variable',
    pass('"Assign": {"count": 1}, "InputPath": "|$cuont|.a"'),
    machine(
      `"A": {"Type": "Pass", "Assign": {"count": 1}, "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$count.a", "End": true}`,
    ),
  ],
  [
    'asl/unknown-variable',
    expression('{% |$total| + 1 %}'),
    expression('{% ($total := 1; $total + 1; $exists($other)) %}'),
  ],
  [
    'asl/states-all',
    retry('{"ErrorEquals": [|"States.ALL"|]}, {"ErrorEquals": ["X"]}'),
    retry('{"ErrorEquals": ["X"]}, {"ErrorEquals": ["States.ALL"]}'),
  ],
  ['asl/states-all', retry('{"ErrorEquals": ["X", |"States.ALL"|]}'), retry('{"ErrorEquals": ["States.ALL"]}')],
  [
    'asl/unknown-error',
    retry('{"ErrorEquals": [|"States.TaskFail"|]}'),
    retry('{"ErrorEquals": ["States.Http.StatusCode.404", "My.Error"]}'),
  ],
  [
    'asl/error-handled-before',
    retry('{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": [|"X"|]}'),
    retry('{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": ["States.Timeout"]}'),
  ],
  [
    'asl/choice-rule',
    choose('"Variable": "$.a", "IsPresent": true, |"StringEquals"|: "x", "Next": "Done"'),
    choose('"And": [{"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "StringEquals": "x"}], "Next": "Done"'),
  ],
  [
    'asl/choice-rule',
    choose('"Not": {"Variable": "$.a", "IsPresent": true, |"Next"|: "Done"}, "Next": "Done"'),
    choose('"Not": {"Variable": "$.a", "IsPresent": true}, "Comment": "c", "Next": "Done"'),
  ],
  [
    'asl/choice-operator',
    choose('"Variable": "$.a", |"StringEqual"|: "x", "Next": "Done"'),
    choose('"Variable": "$.a", "StringEqualsPath": "$.b", "Next": "Done"'),
  ],
  [
    'asl/choice-value',
    choose('"Variable": "$.a", "NumericEquals": |"1"|, "Next": "Done"'),
    choose('"Variable": "$.a", "NumericEquals": 1.5, "Next": "Done"'),
  ],
  [
    'asl/choice-value',
    choose('"Variable": "$.a", "TimestampEquals": |"2030-13-01T12:00:00Z"|, "Next": "Done"'),
    choose('"Variable": "$.a", "TimestampEquals": "2030-12-31T23:59:60Z", "Next": "Done"'),
  ],
  ['asl/map-mode', map(', |"Label"|: "l"', `"ItemProcessor": {${inner}}`), map(', "Label": "l"')],
  [
    'asl/execution-type',
    map('', `"ItemProcessor": {"ProcessorConfig": |{|"Mode": "DISTRIBUTED"}, ${inner}}`),
    map('', `"ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, ${inner}}`),
  ],
  [
    'asl/item-reader',
    map(', "ItemReader": {"Resource": |"arn:aws:states:::s3:getObjects"|}'),
    map(', "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}'),
  ],
  [
    'asl/item-reader',
    map(', "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": |{|"MaxItems": 1}}'),
    map(', "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSONL"}}'),
  ],
  [
    'asl/item-batcher',
    map(', "ItemBatcher": |{|"BatchInput": {}}'),
    map(', "ItemBatcher": {"MaxItemsPerBatchPath": "$.n"}'),
  ],
  [
    'asl/duplicate-label',
    machine(
      `"A": {"Type": "Map", "Label": "l", ${distributed}, "Next": "B"}, "B": {"Type": "Map", "Label": |"l"|, ${distributed.replaceAll('I"', 'J"')}, "End": true}`,
    ),
    machine(
      `"A": {"Type": "Map", "Label": "l", ${distributed}, "Next": "B"}, "B": {"Type": "Map", ${distributed.replaceAll('I"', 'J"')}, "End": true}`,
    ),
  ],
  [
    'asl/resource',
    call('|"arn:aws:lambda:eu-west-1:111122223333:function:f:"|', '{}'),
    call('"arn:aws:lambda:eu-west-1:111122223333:function:f:$LATEST"', '{}'),
  ],
  ['asl/resource', call('|"lambda:invoke"|', '{}'), call('"arn:aws:states:eu-west-1:111122223333:activity:a"', '{}')],
  [
    'asl/unknown-integration',
    call('"arn:aws:states:::sagemaker:|startPipelineExecution|"', '{"PipelineName": "p"}'),
    call('"arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution"', '{"PipelineName": "p"}'),
  ],
  [
    'asl/pattern-not-supported',
    call('"arn:aws:states:::sqs:sendMessage|.sync|"', '{"QueueUrl": "q", "MessageBody": "b"}'),
    call('"arn:aws:states:::glue:startJobRun.sync"', '{"JobName": "j"}'),
  ],
  [
    'asl/pattern-not-supported',
    call('"arn:aws:states:::sagemaker:createTrainingJob|.sync:2|"', '{}'),
    call('"arn:aws:states:::states:startExecution.sync:2"', '{"StateMachineArn": "a"}'),
  ],
  [
    'asl/missing-argument',
    call('"arn:aws:states:::lambda:invoke"', '|{|"Payload": 1}'),
    call('"arn:aws:states:::lambda:invoke"', '{"FunctionName.$": "$.f"}'),
  ],
  [
    'asl/unknown-argument',
    training(
      ', "InputDataConfig": [{"ChannelName": "c", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/d", |"AtributeNames"|: ["a"]}}}]',
    ),
    training(
      ', "InputDataConfig": [{"ChannelName": "c", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/d", "AttributeNames": ["a"]}}}]',
    ),
  ],
  [
    'asl/unknown-argument',
    call(
      '"arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution"',
      '{"PipelineName": "p", |"pipelineParameters"|: []}',
    ),
    call(
      '"arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution"',
      '{"PipelineName": "p", "PipelineParameters": []}',
    ),
  ],
  ['asl/argument-type', training('', '"InstanceCount": |"1"|'), training('', '"InstanceCount.$": "$.count"')],
  [
    'asl/argument-type',
    training(', "HyperParameters": {"epochs": |10|}'),
    training(', "HyperParameters": {"epochs": "10"}'),
  ],
  [
    'asl/argument-value',
    training(
      ', "InputDataConfig": [{"ChannelName": "c", "DataSource": {"S3DataSource": {"S3DataType": |"Prefix"|, "S3Uri": "s3://b/d"}}}]',
    ),
    training(
      ', "InputDataConfig": [{"ChannelName": "c", "DataSource": {"S3DataSource": {"S3DataType": "${Type}", "S3Uri": "s3://b/d"}}}]',
    ),
  ],
  [
    'asl/task-token',
    call('|"arn:aws:states:::sqs:sendMessage.waitForTaskToken"|', '{"QueueUrl": "q", "MessageBody": "b"}'),
    call(
      '"arn:aws:states:::sqs:sendMessage.waitForTaskToken"',
      '{"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}',
    ),
  ],
  ['asl/credentials', task(', "Credentials": |{|}'), task(', "Credentials": {"RoleArn.$": "$.role"}')],
  [
    'asl/endpoint-not-awaited',
    machine(
      '"A": {"Type": "Task", "Resource": |"arn:aws:states:::sagemaker:createEndpoint"|, "Parameters": {"EndpointName": "e", "EndpointConfigName": "c"}, "End": true}',
    ),
    call('"arn:aws:states:::sagemaker:createEndpoint"', '{"EndpointName": "e", "EndpointConfigName": "c"}'),
  ],
  [
    'asl/unknown-result',
    task(
      ', "ResultSelector": {"s.$": "$.|Status|"}',
      '"Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", "Parameters": {"EndpointName": "e"}',
    ),
    task(
      ', "ResultSelector": {"s.$": "$.EndpointStatus", "r.$": "$.SdkHttpMetadata.RequestId"}',
      '"Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", "Parameters": {"EndpointName": "e"}',
    ),
  ],
];

testPlaces('machine.asl.json', cases);

describe('errors that are taken before', () => {
  const told = (retriers: string): [message: string, related: number][] =>
    validate(retry(retriers), { path: 'machine.asl.json' })
      .filter(({ rule }) => rule === 'asl/error-handled-before')
      .map(({ message, related = [] }) => [message, related.length]);
  const all = '{"ErrorEquals": ["States.TaskFailed"]}';

  it('are told once for each retrier', () => {
    const [[message, related] = ['', 0], ...more] = told(`${all}, {"ErrorEquals": ["A", "B", "C"]}`);
    expect(message).toMatch(/^'A' is taken by 'States.TaskFailed' before. So are 2 more here: nothing is left to it\./);
    expect(related).toBe(3);
    expect(more).toEqual([]);
    expect(told(`${all}, {"ErrorEquals": ["A"]}, {"ErrorEquals": ["B"]}`)).toHaveLength(2);
  });

  it('leave the others to it', () => {
    const [[message] = ['']] = told('{"ErrorEquals": ["A", "B"]}, {"ErrorEquals": ["B", "A", "C"]}');
    expect(message).toBe("'B' is named before already, and the first one takes it. So is 1 more here.");
    expect(told('{"ErrorEquals": ["A"]}, {"ErrorEquals": ["${Error}", "States.Timeout"]}')).toEqual([]);
  });
});

describe('what is filled in before the machine is made', () => {
  const told = (text: string): string[] => validate(text, { path: 'machine.asl.json' }).map(({ rule }) => rule);

  it.each([
    ['a number', state('"Type": "Wait", "Seconds": ${WaitTime}')],
    ['an object', call('"arn:aws:states:::lambda:invoke"', '${Arguments}')],
    ['an element', call('"arn:aws:states:::lambda:invoke"', '{"FunctionName": "f", "Payload": [1, ${more.of["it"]}]}')],
    ['a member of a request', training('', '"InstanceCount": ${Count}')],
    ['and a text that looks like one', pass('"Result": {"a": "b: ${c}", "d": ${e}}')],
  ])('is no fault: %s', (_what, text) => {
    expect(told(text)).toEqual([]);
  });

  it('hides nothing of what is wrong around it', () => {
    expect(told(state('"Type": "Wait", "Seconds": ${WaitTime}, "Nxt": "B"'))).toEqual(['asl/unknown-member']);
    expect(told(state('"Type": "Wait", "Seconds": ${WaitTime} "Comment": "c"'))).toEqual(['asl/syntax']);
    expect(told(state('"Type": "Wait", "Seconds": $WaitTime'))).toEqual(['asl/syntax']);
  });

  it('keeps its place', () => {
    const text = state('"Type": "Wait", "Seconds": ${WaitTime}, |"Nxt"|: "B"');
    const { start } = stretch(text);
    const [first] = validate(stretch(text).text, { path: 'machine.asl.json' });
    expect(first?.range.start.character).toBe(start);
  });
});

describe('a path in a Pass state', () => {
  it.each([
    ['"price": "$.price"', ['information']],
    ['"price": "$.price", "name.$": "$.name"', ['warning']],
  ])('%s is told as %j', (members, wanted) => {
    const text = `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {${members}}, "End": true}}}`;
    expect(validate(text, { path: 'a.asl.json' }).map(({ severity }) => severity)).toEqual(wanted);
  });
});

it('a query language among the states is told once, and taken for what was meant', () => {
  const text = `{"StartAt": "A", "States": {"QueryLanguage": "JSONata", "A": {"Type": "Pass", "Output": "{% $states.input %}", "Next": "Done"}, ${done}}}`;
  const found = validate(text, { path: 'm.asl.json' }).filter(({ severity }) => severity === 'error');
  expect(found.map(({ pointer }) => pointer)).toEqual(['/States/QueryLanguage']);
});
