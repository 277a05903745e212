/** Rules and schedules of EventBridge in Terraform are checked as those of CloudFormation are. */
import { describe, expect, it } from 'vitest';
import { detectLanguage, validateFully } from '../../../../src/definition';
import { edited } from '../marked';

/** `rule at what is marked: message`, in the order of the text. */
async function told(text: string, path = 'main.tf'): Promise<string[]> {
  const lines = text.split('\n');
  return (await validateFully(text, { path })).map(({ rule, message, range: { start, end } }) => {
    const marked = (lines[start.line] ?? '').slice(
      start.character,
      start.line === end.line ? end.character : undefined,
    );
    return `${rule} at ${marked}: ${message}`;
  });
}

const rule = (members: string, name = 'approved'): string =>
  `resource "aws_cloudwatch_event_rule" "${name}" {\n${members}\n}\n`;
const target = (members: string, of = 'aws_cloudwatch_event_rule.approved.name', name = 'start'): string =>
  `resource "aws_cloudwatch_event_target" "${name}" {\n  rule = ${of}\n${members}\n}\n`;
const packages = (detail: string): string => `  event_pattern = jsonencode({
    source      = ["aws.sagemaker"]
    detail-type = ["SageMaker Model Package State Change"]
    detail      = ${detail}
  })`;
const approved = rule(packages('{ ModelApprovalStatus = ["Approved"], ModelPackageGroupName = [var.group] }'));
const pipeline = `resource "aws_sagemaker_pipeline" "train" {
  pipeline_name       = "train"
  pipeline_definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "Rows", Type = "Integer" }]
    Steps = [{
      Name = "Stop"
      Type = "Fail"
      Arguments = { ErrorMessage = { "Std:Join" = { On = " ", Values = [{ Get = "Parameters.Rows" }, "rows"] } } }
    }]
  })
}
`;
const starts = `  arn      = aws_sagemaker_pipeline.train.arn
  role_arn = aws_iam_role.events.arn`;
const given = (name: string): string => `${starts}
  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "${name}"
      value = "9"
    }
  }`;
const schedule = (members: string, inTarget = ''): string => `resource "aws_scheduler_schedule" "nightly" {
  ${members}
  target {
    arn      = aws_sagemaker_pipeline.train.arn
    role_arn = aws_iam_role.scheduler.arn
    ${inTarget}
  }
}
`;
const off = 'flexible_time_window {\n    mode = "OFF"\n  }';

describe('rules', () => {
  it.each([
    ['a pattern and what it starts', approved + target(given('Rows')) + pipeline],
    ['a schedule', rule('  schedule_expression = "cron(0 12 * * ? *)"')],
    ['what Terraform works out', rule('  schedule_expression = var.when\n  event_pattern = var.pattern')],
    [
      'a pattern in a heredoc',
      rule('  event_pattern = <<EOF\n{"source": ["aws.sagemaker"], "account": [${var.account}]}\nEOF'),
    ],
    [
      'what is not given',
      rule('  schedule_expression = "rate(1 day)"\n  event_bus_name = null\n  event_pattern = null'),
    ],
    [
      'targets that Terraform makes',
      approved + target('  dynamic "sagemaker_pipeline_target" {\n    for_each = [1]\n  }'),
    ],
  ])('have nothing wrong: %s', async (_what, text) => {
    expect(detectLanguage(text, 'main.tf')).toBe('cloudformation');
    expect(await told(text)).toEqual([]);
  });

  it.each([
    [
      'a pattern that no event matches',
      rule(packages('{ ModelApprovalStatus = ["APPROVED"] }')),
      `cfn/event-never-matches at "APPROVED": The event never says 'APPROVED'. Did you mean 'Approved'?`,
    ],
    [
      'the same in a heredoc',
      rule(
        '  event_pattern = <<-EOF\n    {"source": ["aws.sagemaker"], "detail-type": ["SageMaker Model Package State Change"], "detail": {"ModelApprovalStatus": ["APPROVED"]}}\n  EOF',
      ),
      `cfn/event-never-matches at "APPROVED": The event never says 'APPROVED'. Did you mean 'Approved'?`,
    ],
    [
      'a pattern that EventBridge refuses',
      rule(packages('{ ModelApprovalStatus = "Approved" }')),
      'cfn/event-pattern at "Approved":',
    ],
    [
      'five fields of cron',
      rule('  schedule_expression = "cron(0 12 * * *)"'),
      'cfn/schedule at cron(0 12 * * *): cron(…) has six fields',
    ],
    [
      'a schedule of another bus',
      rule('  schedule_expression = "rate(1 day)"\n  event_bus_name = "ours"'),
      'cfn/schedule at "ours": Only rules of the default event bus have a schedule.',
    ],
    [
      'a pipeline without a role',
      approved + target('  arn = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/train"'),
      'cfn/target at "start": role_arn is missing',
    ],
    [
      'two inputs',
      approved + target(`${starts}\n  input = "{}"\n  input_path = "$.detail"`),
      'cfn/target at input_path: input and input_path cannot both be given.',
    ],
    [
      'a parameter that the pipeline has not',
      approved + target(given('Row')) + pipeline,
      `cfn/pipeline-parameter at "Row": The pipeline has no parameter 'Row'. Did you mean 'Rows'?`,
    ],
    [
      'a retry policy out of its bounds, of a rule elsewhere',
      target(`${starts}\n  retry_policy {\n    maximum_retry_attempts = 500\n  }`, 'var.rule'),
      'cfn/retry-policy at 500: maximum_retry_attempts is 0 to 185, and not 500.',
    ],
    [
      'a pipeline that starts itself',
      `${rule(`  event_pattern = jsonencode({
    source      = ["aws.sagemaker"]
    detail-type = ["SageMaker Model Building Pipeline Execution Status Change"]
    detail      = { pipelineArn = [aws_sagemaker_pipeline.train.arn] }
  })`)}${target(given('Rows'))}${pipeline}`,
      'cfn/starts-itself at aws_sagemaker_pipeline.train.arn:',
    ],
  ])('%s', async (_what, text, expected) => {
    const all = await told(text);
    expect(all.filter((one) => one.startsWith(expected))).toHaveLength(1);
  });

  it('in a plan lack what is known later', async () => {
    const resource = (type: string, values: object): object => ({ address: `${type}.a`, type, name: 'a', values });
    const resources = [
      resource('aws_cloudwatch_event_rule', { schedule_expression: 'rate(1 days)' }),
      resource('aws_scheduler_schedule', { schedule_expression: 'rate(1 day)', target: [{ input: '{}' }] }),
    ];
    const plan = JSON.stringify({ planned_values: { root_module: { resources } } });
    expect(await told(plan, 'plan.json')).toEqual(['cfn/schedule at rate(1 days): EventBridge wants rate(1 day).']);
  });
});

describe('schedules', () => {
  it.each([
    ['one that is right', schedule(`${off}\n  schedule_expression = "at(2030-01-31T12:00:00)"`)],
    [
      'a window that is worked out',
      schedule(
        'flexible_time_window {\n    mode = var.mode\n    maximum_window_in_minutes = null\n  }\n  schedule_expression = var.when',
      ),
    ],
  ])('have nothing wrong: %s', async (_what, text) => {
    expect(await told(text)).toEqual([]);
  });

  it.each([
    [
      'a window without its length',
      schedule('schedule_expression = "rate(1 day)"\n  flexible_time_window {\n    mode = "FLEXIBLE"\n  }'),
      'cfn/flexible-window at "FLEXIBLE": maximum_window_in_minutes is missing, from 1 to 1440.',
    ],
    [
      'a time zone that there is not',
      schedule(`${off}\n  schedule_expression = "rate(1 day)"\n  schedule_expression_timezone = "Europe/Berln"`),
      `cfn/schedule at "Europe/Berln": There is no time zone 'Europe/Berln'. Write it as Europe/Berlin or UTC.`,
    ],
    [
      'a parameter that cannot be passed on',
      schedule(
        `${off}\n  schedule_expression = "rate(1 day)"`,
        'sagemaker_pipeline_parameters {\n      pipeline_parameter {\n        name  = "two words"\n        value = "9"\n      }\n    }',
      ),
      `cfn/target-parameter at "two words":`,
    ],
  ])('%s', async (_what, text, expected) => {
    const all = await told(text);
    expect(all).toEqual([expect.stringContaining(expected)]);
  });

  it('are mended where a value is changed', async () => {
    const text = rule('  schedule_expression = "rate(1 days)"');
    const [{ fixes } = { fixes: [] }] = await validateFully(text, { path: 'main.tf' });
    expect(edited(text, fixes[0]?.edits ?? [])).toBe(text.replace('1 days', '1 day'));
  });
});

describe('what a target is told of an event', () => {
  const transformed = (template: string): string =>
    rule('  schedule_expression = "rate(1 day)"') +
    target(`  arn = "arn:aws:lambda:eu-west-1:111122223333:function:tell"
  input_transformer {
    input_paths = {
      group     = "$.detail.ModelPackageGroupName"
      my_status = "$.detail.ModelApprovalStatus"
    }
    input_template = "${template}"
  }`);

  it('is called as the writer calls it', async () => {
    expect(await told(transformed('<group> is <my_status>'))).toEqual([]);
    expect(await told(transformed('<group> is <status>'))).toEqual([
      "cfn/input-template at status: Nothing is taken from the event as 'status'. Did you mean 'my_status'?",
    ]);
    expect(await told(transformed('<package>'))).toEqual([
      "cfn/input-template at package: Nothing is taken from the event as 'package'. Add its path to input_paths.",
    ]);
  });
});
