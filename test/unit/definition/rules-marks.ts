/**
 * For each rule: what is marked in its bad example, between bars, and a change of its good example that comes near to
 * the fault and is none.
 */
export const marks: Readonly<Record<string, { marked: string | null; near: readonly [from: string, to: string] }>> = {
  'sm/json-syntax': { marked: '"Steps": []|,|', near: ['"Steps": []', '"Steps": [ ]  '] },
  'sm/json-duplicate-key': {
    marked: 'ype": "Fail", |"Name"|: "Halt", "Arg',
    near: ['"Name": "Stop"', '"Name": "Stop", "DisplayName": "Name"'],
  },
  'sm/version-missing': { marked: '|{|"Steps": [{"Na', near: ['{"Version"', '{ "Metadata": {}, "Version"'] },
  'sm/version-unknown': {
    marked: '{"Version": |"2020-12-02"|, "Steps": []}',
    near: ['"Version": "2020-12-01"', '"Version":   "2020-12-01"'],
  },
  'sm/steps-missing': { marked: '|{|"Version": "20', near: ['"Steps": []', '"Steps":\n[]'] },
  'sm/steps-not-array': {
    marked: '01", "Steps": |{"Stop": {"Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}}|}',
    near: ['[{"Name"', '[ {"Name"'],
  },
  'sm/step-not-object': { marked: '1", "Steps": [|"Train"|]}', near: ['"Steps": [', '"Steps": [\n'] },
  'sm/toplevel-unknown-member': {
    marked: '"2020-12-01", |"Step"|: [], "Steps":',
    near: ['"Steps"', '"MlflowConfig": null, "Steps"'],
  },
  'sm/toplevel-wrong-type': {
    marked: '"Parameters": |{}|, "Steps": []}',
    near: ['"Parameters": []', '"PipelineExperimentConfig": null, "Parameters": []'],
  },
  'sm/experiment-config-unknown-member': {
    marked: ': "penguins", |"Trial"|: "one"}, "Ste',
    near: ['"one"', '{"Get": "Execution.PipelineExecutionId"}'],
  },
  'sm/step-missing-name': {
    marked: '|{|"Type": "Fail"',
    near: ['"Type": "Fail"', '"DisplayName": "Stop it", "Type": "Fail"'],
  },
  'sm/step-missing-type': {
    marked: '|{|"Name": "Stop"',
    near: ['"Type": "Fail"', '"Description": "Type", "Type": "Fail"'],
  },
  'sm/step-missing-arguments': {
    marked: '|{|"Name": "Stop"',
    near: [
      '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
      '{"Name": "Tell", "Type": "Lambda", "FunctionArn": {"Get": "Parameters.Message"}, "Arguments": {}}',
    ],
  },
  'sm/step-unknown-type': {
    marked: 'top", "Type": |"FailStep"|, "Arguments":',
    near: ['"Fail", "Arguments": {"ErrorMessage": "stop"}', '"Lineage", "Arguments": {}'],
  },
  'sm/step-type-case': {
    marked: 'top", "Type": |"fail"|, "Arguments":',
    near: [
      '"Fail", "Arguments": {"ErrorMessage": "stop"}',
      '"EMRServerless", "Arguments": {"ApplicationId": "a", "JobConfig": {}}',
    ],
  },
  'sm/null-value': {
    marked: '"Values": ["a", |null|]',
    near: ['"b"', '"null"'],
  },
  'sm/step-unknown-member': {
    marked: 'ype": "Fail", |"DependOn"|: ["Prepare"],',
    near: ['"DependsOn"', '"Description": "DependOn", "DependsOn"'],
  },
  'sm/step-member-wrong-type': { marked: '"DependsOn": |"Prepare"|, "Arguments":', near: ['["Prepare"]', '[]'] },
  'sm/step-name-invalid': { marked: '{"Name": |"Stop here!"|, "Type": "Fai', near: ['Stop-here', 'Stop_here-2'] },
  'sm/step-name-too-long': {
    marked: '{"Name": |"StopStopStopStopStopStopStopStopStopStopStopStopStopStopStopStopStop"|, "Type": "Fai',
    near: ['"Stop"', `"${'S'.repeat(64)}"`],
  },
  'sm/param-missing-name': {
    marked: '|{|"Type": "Strin',
    near: ['"Type": "String"', '"Type": "String", "Description": "P"'],
  },
  'sm/param-name-invalid': { marked: 's": [{"Name": |"my.name"|, "Type": "Str', near: ['my-name', 'my-name'] },
  'sm/param-name-too-long': { marked: null, near: ['"name"', '"name"'] },
  'sm/param-unknown-type': { marked: '"P", "Type": |"Str"|}', near: ['"Type": "String"', '"DefaultValue": "a"'] },
  'sm/param-unknown-member': {
    marked: 'e": "String", |"Default"|: "a"}',
    near: ['"DefaultValue": "a"', '"Description": "Default"'],
  },
  'sm/param-not-object': { marked: '|"Q"|, {"Name": "P"', near: ['"Type": "String"', '"Type": "Float"'] },
  'sm/param-member-wrong-type': {
    marked: '"P", "Type": |1|}',
    near: ['"Type": "String"', '"Type": "Float", "DefaultValue": 1'],
  },
  'sm/param-default-type-mismatch': {
    marked: 'efaultValue": |1|}',
    near: ['"Type": "String", "DefaultValue": "1"', '"Type": "Float", "DefaultValue": 1'],
  },
  'sm/param-default-not-in-enum': { marked: 'efaultValue": |"c"|}', near: [', "DefaultValue": "a"', ''] },
  'sm/param-enum-values': { marked: 'alues": ["1", |2|]}', near: ['["1", "2"]', '[]'] },
  'sm/param-duplicate': {
    marked: 'g"}, {"Name": |"P"|, "Type": "Int',
    near: ['"Type": "String"', '"Type": "String", "DefaultValue": "P"'],
  },
  'sm/param-unused': {
    marked: 'g"}, {"Name": |"Q"|, "Type": "Str',
    near: ['"Type": "String"', '"Type": "String", "Description": "Q"'],
  },
  'sm/unknown-function': {
    marked: 'rorMessage": {|"Fn::Join"|: ["-", ["a",',
    near: ['"a", "b"', '"Fn::Join", {"Get": "Parameters.Message"}'],
  },
  'sm/get-extra-member': {
    marked: 'ers.Message", |"Default"|: "stop"}}}',
    near: [
      '{"Get": "Parameters.Message"}',
      '{"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Message"}, "Default"]}}',
    ],
  },
  'sm/get-not-string': {
    marked: 'age": {"Get": |["Parameters", "Message"]|}}}',
    near: ['Parameters.Message', 'Execution.PipelineName'],
  },
  'sm/join-not-object': { marked: '{"Std:Join": |["a", "b"]|}}}', near: ['"Values": ["a", "b"]', '"Values": []'] },
  'sm/join-unknown-member': { marked: '{"Std:Join": {|"With"|: "-", "Values', near: ['"On": "-", ', ''] },
  'sm/join-missing-values': { marked: '{"Std:Join": |{|"On": "-"}}}}', near: ['["a", "b"]', '[]'] },
  'sm/join-values-not-array': { marked: '-", "Values": |"a"|}}}}', near: ['["a"]', '[{"Get": "Parameters.Message"}]'] },
  'sm/join-on-wrong-type': { marked: 'Join": {"On": |1|, "Values": ["', near: ['"On": "1"', '"On": ""'] },
  'sm/join-value-not-scalar': {
    marked: 'alues": ["a", |["b"]|]}}}}',
    near: ['["a", "b"]', '["a", 1, true, {"Std:Join": {"On": "", "Values": ["b"]}}]'],
  },
  'sm/jsonget-not-object': { marked: 'Std:JsonGet": |"accuracy"|}, "RightValue', near: ['"accuracy"}', '"[0]"}'] },
  'sm/jsonget-unknown-member': {
    marked: ': "accuracy", |"Paths"|: "a"}}, "Righ',
    near: ['"Path": "accuracy"', '"Path": "Paths"'],
  },
  'sm/jsonget-missing-path': {
    marked: 'Std:JsonGet": |{|"PropertyFile"',
    near: ['"Path": "accuracy"', '"Path": "a[0]"'],
  },
  'sm/jsonget-path-not-string': {
    marked: 'rt"}, "Path": |{"Get": "Parameters.Message"}|}}, "RightValu',
    near: ['"Path": "accuracy"', '"Path": "{Get}"'],
  },
  'sm/jsonget-path-invalid': {
    marked: '"Path": |"$.accuracy"|}',
    near: ['"accuracy"', '"price_in_$"'],
  },
  'sm/jsonget-missing-source': {
    marked: 'Std:JsonGet": |{|"Path": "accur',
    near: ['"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}', '"S3Uri": "s3://bucket/report.json"'],
  },
  'sm/jsonget-both-sources': {
    marked: 'Std:JsonGet": |{|"PropertyFile"',
    near: [
      '"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}',
      '"S3Uri": {"Std:Join": {"On": "/", "Values": ["s3://bucket", "a.json"]}}',
    ],
  },
  'sm/jsonget-property-file-not-get': {
    marked: 'ropertyFile": |"Report"|, "Path": "acc',
    near: ['"accuracy"', '"PropertyFile"'],
  },
  'sm/ref-in-forbidden-place': {
    marked: '"DependsOn": [|{"Get": "Parameters.Message"}|], "Arguments"',
    near: ['"ErrorMessage": "stop"', '"ErrorMessage": {"Get": "Parameters.Message"}'],
  },
  'sm/unknown-parameter-reference': {
    marked: ': "Parameters.|Mesage|"}}}',
    near: ['Parameters.Message', 'Parameters.Role'],
  },
  'sm/unknown-step-reference': {
    marked: '"Get": "Steps.|Prepar|.ProcessingJob',
    near: ['Steps.Prepare.ProcessingJobName', 'Steps.Evaluate.ProcessingJobName'],
  },
  'sm/unknown-property-reference': {
    marked: 'Steps.Prepare.|ProcessingJobNames|"}}}',
    near: ['ProcessingJobName', 'ExitMessage'],
  },
  'sm/ref-property-case': { marked: 'Steps.Prepare.|ProcessingJobARN|"}}}', near: ['ProcessingJobArn', 'RoleArn'] },
  'sm/ref-non-leaf-property': { marked: "puts['train'].|S3Output|\"}}}", near: ["Outputs['train']", 'Outputs[0]'] },
  'sm/unknown-processing-output-reference': {
    marked: "nfig.Outputs['|trian|'].S3Output.S3",
    near: ["Outputs['train']", 'Outputs[0]'],
  },
  'sm/unknown-property-file-reference': {
    marked: 'PropertyFiles.|Reports|"}, "Path": "a',
    near: ['"accuracy"', '"Reports"'],
  },
  'sm/property-file-of-other-step': {
    marked: '": "Steps.Ask.|PropertyFiles|.Report"}, "Pa',
    near: ['"accuracy"', '"Ask"'],
  },
  'sm/property-file-misplaced': {
    marked: 'teps.Evaluate.|PropertyFiles|.Report"}, "Ri',
    near: ['0.9', '{"Get": "Steps.Evaluate.ProcessingJobName"}'],
  },
  'sm/unknown-execution-variable-reference': {
    marked: '": "Execution.|ExecutionId|"}}}',
    near: ['PipelineExecutionId', 'CurrentDateTime'],
  },
  'sm/ref-bad-root': {
    marked: 'ge": {"Get": "|Params|.Message"}}}',
    near: ['Parameters.Message', 'Execution.PipelineName'],
  },
  'sm/ref-malformed': {
    marked: 'age": {"Get": |"Parameters."|}}}',
    near: ['Parameters.Message', "Steps.Ask.OutputParameters['answer']"],
  },
  'sm/unknown-output-parameter-reference': { marked: "utParameters['|anser|']\"}}}", near: ["'answer'", "'answer'"] },
  'sm/ref-to-fail-step': { marked: '"Get": "Steps.|Halt|.ErrorMessage"', near: ['"halt"', '"Steps.Halt.x"'] },
  'sm/ref-self': {
    marked: '"Get": "Steps.|Tell|.OutputParamet',
    near: ["Steps.Ask.OutputParameters['answer']", 'Steps.Prepare.ProcessingJobName'],
  },
  'sm/param-type-vs-use': {
    marked: 'ame": {"Get": |"Parameters.Count"|}}}',
    near: ['{"Get": "Parameters.Count"}', '{"Get": "Parameters.Message"}, "-", {"Get": "Parameters.Count"}'],
  },
  'sm/condition-unknown-type': {
    marked: 's": [{"Type": |"GreaterThen"|, "LeftValue":',
    near: ['GreaterThan', 'GreaterThanOrEqualTo'],
  },
  'sm/condition-missing-operand': { marked: 'Conditions": [|{|"Type": "Great', near: ['0.9', 'null'] },
  'sm/condition-in-wrong-members': {
    marked: 'Conditions": [|{|"Type": "In",',
    near: ['"Values": [1, 2]', '"Values": []'],
  },
  'sm/condition-not-wrong-member': { marked: 'Type": "Not", |"Expression"|: {"Type": "Gr', near: ['0.9', '0.8'] },
  'sm/condition-unknown-member': { marked: 'tValue": 0.9, |"Right"|: 1}], "IfStep', near: ['0.9', '9'] },
  'sm/condition-wrong-type': {
    marked: '"RightValue": |[0.9]|}], "IfSteps":',
    near: ['0.9', '{"Get": "Parameters.Count"}'],
  },
  'sm/conditions-missing': { marked: '"Arguments": |{|"IfSteps": [],', near: ['"IfSteps": [], ', ''] },
  'sm/condition-step-unknown-member': {
    marked: 'IfSteps": [], |"ElseStep"|: [], "ElseSte',
    near: ['"IfSteps": [], ', ''],
  },
  'sm/condition-branch-not-steps': { marked: '"ElseSteps": [|"Stop"|]}}', near: ['"IfSteps": [], ', ''] },
  'sm/condition-empty-branches': { marked: '"Arguments": |{|"Conditions":', near: ['"IfSteps": [], ', ''] },
  'sm/condition-compare-type-mismatch': {
    marked: '"RightValue": |"high"|}], "IfSteps":',
    near: ['0.9', '{"Get": "Parameters.Count"}'],
  },
  'sm/notequals-notin-not-in-sdk': {
    marked: 's": [{"Type": |"NotEquals"|, "LeftValue":',
    near: ['Equals', 'GreaterThan'],
  },
  'sm/step-duplicate-name': { marked: '"}}, {"Name": |"Stop"|, "Type": "Fai', near: ['Halt', 'stop'] },
  'sm/step-also-in-condition': {
    marked: ']}}, {"Name": |"Stop"|, "Type": "Fai',
    near: [
      '"ElseSteps": []',
      '"ElseSteps": [{"Name": "Stop2", "Type": "Fail", "Arguments": {"ErrorMessage": "Stop"}}]',
    ],
  },
  'sm/dependson-unknown-step': {
    marked: '"DependsOn": [|"Prepair"|], "Arguments"',
    near: ['["Prepare"]', '["Prepare", "Evaluate"]'],
  },
  'sm/dependson-malformed': { marked: '"Prepare", |"Triggers"|: "Failed"', near: ['"Failed"', '"Any"'] },
  'sm/dependson-self': { marked: '"DependsOn": [|"Stop"|], "Arguments"', near: ['["Prepare"]', '["Prepare", "Ask"]'] },
  'sm/cycle': { marked: '"DependsOn": [|"A"|], "Arguments"', near: ['["A"]', '["A", "Prepare"]'] },
  'sm/dependson-fail-step': { marked: '"DependsOn": [|"Stop"|], "Arguments"', near: ['["Tell"]', '["Tell", "Ask"]'] },
  'sm/cross-branch-dependency': { marked: '"DependsOn": [|"B"|], "Arguments"', near: ['["C"]', '["C", "Prepare"]'] },
  'sm/redundant-dependson': {
    marked: '"DependsOn": [|"Prepare"|], "Arguments"',
    near: ['"Type": "Fail"', '"Type": "Fail", "DependsOn": ["Ask"]'],
  },
  'sm/missing-order': {
    marked: 'odelDataUrl": |"s3://bucket/counts/model.tar.gz"|}}}',
    near: ['"Name": "Make"', '"Name": "Make", "DependsOn": ["Prepare"]'],
  },
  'sm/no-effect-step': {
    marked: '{"Name": |"A"|, "Type": "Lam',
    near: ['"DependsOn": ["A", "Prepare"]', '"DependsOn": ["A"]'],
  },
  'sm/arguments-unknown-member': {
    marked: '|"HyperParameter"|: {"epochs": "',
    near: ['"epochs": "10"', '"HyperParameter": "10"'],
  },
  'sm/nested-unknown-member': {
    marked: 'stanceType"}, |"InstancesCount"|: 1, "VolumeSi',
    near: ['"VolumeSizeInGB": 30', '"VolumeSizeInGB": 30, "KeepAlivePeriodInSeconds": 60'],
  },
  'sm/argument-not-supported-in-pipelines': {
    marked: 'rs.Message"}, |"DeploymentConfig"|: {}}}',
    near: ['"EndpointConfigName"', '"Tags": [{"Key": "DeploymentConfig", "Value": "x"}], "EndpointConfigName"'],
  },
  'sm/arguments-missing-member': {
    marked: '"Arguments": |{|',
    near: ['"AlgorithmSpecification"', '"RoleArn": {"Get": "Parameters.Role"}, "AlgorithmSpecification"'],
  },
  'sm/nested-missing-required': {
    marked: 'DataConfig": [|{|"DataSource":',
    near: ['"ChannelName": "train"', '"ChannelName": {"Get": "Parameters.Message"}'],
  },
  'sm/arg-wrong-type': {
    marked: 'stanceCount": |"1"|, "VolumeSizeI',
    near: ['"InstanceCount": 1', '"InstanceCount": 1.0'],
  },
  'sm/hyperparameter-not-string': { marked: 'ers": {"eta": |0.2|}', near: ['"0.2"', '{"Get": "Parameters.Message"}'] },
  'sm/environment-not-string': { marked: 't": {"DEBUG": |true|}', near: ['"true"', '""'] },
  'sm/function-for-array': { marked: 'one", "Tags": |{"Get": "Parameters.Message"}|}}', near: ['[{"Key"', '[ {"Key"'] },
  'sm/enum-invalid': { marked: 'ngInputMode": |"file"|},', near: ['"File"', '{"Get": "Parameters.Message"}'] },
  'sm/instance-type-invalid': {
    marked: 'nstanceType": |"m5.large"|, "InstanceCou',
    near: ['"ml.m5.large"', '{"Get": "Parameters.InstanceType"}'],
  },
  'sm/number-out-of-range': {
    marked: 'stanceCount": |-1|, "VolumeSizeI',
    near: ['"InstanceCount": 1', '"InstanceCount": 100'],
  },
  'sm/too-many-items': { marked: 'one", "Tags": |[|{"Key": "k0",', near: ['[{"Key": "k", "Value": "v"}]', '[]'] },
  'sm/role-arn-invalid': {
    marked: 'tionRoleArn": |"SageMakerRole"|, "PrimaryCont',
    near: ['{"Get": "Parameters.Role"}', '"arn:aws-cn:iam::111122223333:role/service-role/Train"'],
  },
  'sm/s3-uri-invalid': {
    marked: 'odelDataUrl": |"s3:/bucket/model.tar.gz"|}}}',
    near: ['s3://bucket/model.tar.gz', 'https://bucket.s3.amazonaws.com/model.tar.gz'],
  },
  'sm/image-uri-invalid': { marked: null, near: ['{"Get": "Parameters.Image"}', '"localhost:5000/train/model:1.0"'] },
  'sm/value-pattern': {
    marked: 'tyGroupIds": [|"sg 1"|], "Subnets":',
    near: ['"sg-1"', '{"Get": "Parameters.Message"}'],
  },
  'sm/lambda-missing-function-arn': {
    marked: '|{|"Name": "Tell"',
    near: ['"Arguments": {}', '"Arguments": {"FunctionArn": "x"}'],
  },
  'sm/callback-missing-queue': { marked: '|{|"Name": "Wait"', near: ['"text": "go"', '"SqsQueueUrl": "go"'] },
  'sm/check-type-missing': {
    marked: '|{|"Name": "Check',
    near: ['"CheckType": "DATA_QUALITY"', '"CheckType": "MODEL_QUALITY"'],
  },
  'sm/check-type-invalid': {
    marked: '"CheckType": |"DATA_BIAS"|, "Arguments":',
    near: ['"CheckType": "DATA_QUALITY"', '"CheckType": "MODEL_QUALITY"'],
  },
  'sm/output-type-invalid': {
    marked: '"OutputType": |"string"|}], "Arguments',
    near: ['"OutputType": "String"', '"OutputType": "Float"'],
  },
  'sm/output-parameter-duplicate': {
    marked: '"OutputName": |"a"|, "OutputType"',
    near: ['"OutputName": "b"', '"OutputName": "A"'],
  },
  'sm/output-unknown-member': {
    marked: 'pe": "String", |"OutputTypes"|: "String"}],',
    near: ['"OutputName": "a"', '"OutputName": "OutputTypes"'],
  },
  'sm/output-missing-member': { marked: 'Parameters": [|{|"OutputType":', near: ['"String"', '"Integer"'] },
  'sm/output-wrong-type': { marked: '{"OutputName": |1|, "OutputType"', near: ['"a"', '"1"'] },
  'sm/property-file-name-invalid': {
    marked: 'PropertyFileName": |"my.report"|, "Out',
    near: ['my-report', 'my_report'],
  },
  'sm/property-file-duplicate': { marked: '}, {"PropertyFileName": |"a"|, "Out', near: ['"b"', '"A"'] },
  'sm/property-files-on-wrong-step': {
    marked: 'ype": "Fail", |"PropertyFiles"|: [], "Argumen',
    near: ['"stop"', '"PropertyFiles"'],
  },
  'sm/property-file-unknown-output': {
    marked: '"OutputName": |"count"|, "FilePath":',
    near: ['"PropertyFileName": "Counts"', '"PropertyFileName": "count"'],
  },
  'sm/lambda-nested-argument': {
    marked: '": {"config": |{"depth": 3}|}}',
    near: ['"depth": 3', '"depth": {"Get": "Parameters.Count"}, "flag": true'],
  },
  'sm/lambda-arn-invalid': {
    marked: 'FunctionArn": |"my-function"|, "Arguments":',
    near: ['{"Get": "Parameters.Message"}', '"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f:live"'],
  },
  'sm/callback-queue-url-invalid': {
    marked: 'SqsQueueUrl": |"my-queue"|, "Arguments":',
    near: ['{"Get": "Parameters.Message"}', '"https://sqs.eu-west-1.amazonaws.com/111122223333/wait.fifo"'],
  },
  'sm/fail-unknown-member': { marked: '"Arguments": {|"Message"|: "stop"}}', near: ['"stop"', '"Message"'] },
  'sm/fail-error-message-not-string': {
    marked: 'rrorMessage": |["stop"]|}}',
    near: ['"stop"', '{"Std:Join": {"On": " ", "Values": ["stop", 1]}}'],
  },
  'sm/tuning-no-training-definition': {
    marked: '"Arguments": |{|"HyperParamete',
    near: ['"TrainingJobDefinition": {', '"Tags": [], "TrainingJobDefinition": {'],
  },
  'sm/spot-wait': {
    marked: '"MaxWaitTimeInSeconds": |600|}',
    near: ['"MaxWaitTimeInSeconds": 7200', '"MaxWaitTimeInSeconds": 3600'],
  },
  'sm/transform-payload': {
    marked: '"MaxPayloadInMB": |20|, "TransformInput"',
    near: ['"MaxConcurrentTransforms": 8, "MaxPayloadInMB": 12', '"MaxConcurrentTransforms": 4, "MaxPayloadInMB": 25'],
  },
  'sm/file-system-without-vpc': {
    marked: '"DataSource": {|"FileSystemDataSource"|: {"FileSystemId"',
    near: ['"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}', '"VpcConfig": {}'],
  },
  'sm/tuning-range': {
    marked: '"MinValue": |"0.3"|, "MaxValue"',
    near: ['"MinValue": "0.01", "MaxValue": "0.3"', '"MinValue": "0.3", "MaxValue": "0.3"'],
  },
  'sm/tuning-parallel-gt-total': {
    marked: 'rainingJobs": |2|, "MaxNumberOf',
    near: ['"MaxNumberOfTrainingJobs": 4', '"MaxNumberOfTrainingJobs": 2'],
  },
  'sm/model-containers-and-primary': {
    marked: '"Arguments": |{|"PrimaryContai',
    near: [
      '"PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}',
      '"Containers": [{"Image": {"Get": "Parameters.Image"}}]',
    ],
  },
  'sm/automl-mode': {
    marked: 'ig": {"Mode": |"HYPERPARAMETER_TUNING"|}, "InputDataC',
    near: ['"ENSEMBLING"', '{"Get": "Parameters.Message"}'],
  },
  'sm/emr-both-cluster-id-and-config': {
    marked: '"Arguments": |{|"StepConfig":',
    near: ['"j-ABC"', '{"Get": "Parameters.Message"}'],
  },
  'sm/emr-execution-role-with-config': {
    marked: 'unner.jar"}}, |"ExecutionRoleArn"|: {"Get": "Par',
    near: ['"ClusterConfig": {', '"ClusterConfig": {"ReleaseLabel": "emr-7.0.0", '],
  },
  'sm/emr-forbidden-cluster-field': {
    marked: 'Count": 1}]}, |"AutoTerminationPolicy"|: {"IdleTimeou',
    near: ['"ClusterConfig": {', '"ClusterConfig": {"ReleaseLabel": "Name", '],
  },
  'sm/emr-cluster-instances': {
    marked: 'usterConfig": |{|"ReleaseLabel"',
    near: [
      '"InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]',
      '"InstanceFleets": [{"InstanceFleetType": "MASTER"}]',
    ],
  },
  'sm/emrserverless-both-app': {
    marked: '"Arguments": |{|"ExecutionRole',
    near: ['"ApplicationId": "app"', '"ApplicationConfig": {}'],
  },
  'sm/lineage-unknown-member': { marked: 'tifacts": [], |"Action"|: []}}', near: ['"Actions": []', '"Contexts": []'] },
  'sm/duplicate-input-name': {
    marked: '"OutputName": |"counts"|, "S3Output":',
    near: ['"OutputName": "counts"', '"OutputName": "Counts"'],
  },
  'sm/cache-on-unsupported-step': {
    marked: 'pe": "Model", |"CacheConfig"|: {"Enabled":',
    near: ['"Name": "Make"', '"Name": "CacheConfig"'],
  },
  'sm/cache-unknown-member': {
    marked: 'abled": true, |"ExpiresAfter"|: "PT1H", "Exp',
    near: ['"ExpireAfter": "PT1H"', '"ExpireAfter": "pt1h"'],
  },
  'sm/cache-bad-duration': { marked: 'ExpireAfter": |"1 hour"|}, "Arguments"', near: ['"PT1H"', '"T30m"'] },
  'sm/cache-enabled-without-expiry': {
    marked: 'CacheConfig": |{|"Enabled": tru',
    near: ['{"Enabled": true, "ExpireAfter": "PT1H"}', '{"Enabled": false}'],
  },
  'sm/cache-missing-enabled': { marked: '"CacheConfig": |{|"ExpireAfter"', near: ['true', 'false'] },
  'sm/cache-enabled-not-boolean': {
    marked: ': {"Enabled": |"true"|, "ExpireAfter',
    near: ['"Enabled": true', '"Enabled": false'],
  },
  'sm/retry-on-unsupported-step': {
    marked: 'ype": "Fail", |"RetryPolicies"|: [{"Exception',
    near: ['"MaxAttempts": 3', '"MaxAttempts": 20'],
  },
  'sm/retry-unknown-member': {
    marked: 'THROTTLING"], |"MaxAttempt"|: 3}], "Argume',
    near: ['"MaxAttempts": 3', '"ExpireAfterMin": 3'],
  },
  'sm/retry-missing-exception': {
    marked: 'ryPolicies": [|{|"MaxAttempts":',
    near: ['["Step.THROTTLING"]', '["Step.THROTTLING", "Step.SERVICE_FAULT"]'],
  },
  'sm/retry-unknown-exception': {
    marked: 'eptionType": [|"Step.THROTTLED"|], "MaxAttempt',
    near: ['Step.THROTTLING', 'Emr.RESOURCE_LIMIT'],
  },
  'sm/retry-exception-not-array': {
    marked: 'ceptionType": |"Step.THROTTLING"|, "MaxAttempts',
    near: ['["Step.THROTTLING"]', '[]'],
  },
  'sm/ref-index-out-of-range': {
    marked: 'ch.TrainingJobSummaries[|50|].TrainingJobName',
    near: ['[49]', '[0]'],
  },
  'sm/bedrock-literal-name': {
    marked: '"ModelDeploymentName": |"fixed"|, "ModelArn"',
    near: [
      '{"Get": "Parameters.Message"}, "ModelArn"',
      '{"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Message"}]}}, "ModelArn"',
    ],
  },
  'sm/cache-months': { marked: '"ExpireAfter": |"P30M"|}', near: ['PT30M', 'P5M'] },
  'sm/leaked-variable': {
    marked: `"ErrorMessage": |"ParameterString(name='Message', default_value='x')"|}`,
    near: ['{"Get": "Parameters.Message"}', '"ParameterString (a class), <b>object at 0</b>"'],
  },
  'sm/retry-both-limits': {
    marked: 'ryPolicies": [|{|"ExceptionType',
    near: ['"MaxAttempts": 3', '"MaxAttempts": 3, "IntervalSeconds": 30'],
  },
  'sm/retry-out-of-range': {
    marked: 'MaxAttempts": |25|}], "Arguments',
    near: ['"MaxAttempts": 3', '"MaxAttempts": 0'],
  },
  'sm/retry-wrong-type': {
    marked: '"RetryPolicies": [|"Step.THROTTLING"|]',
    near: ['"Step.THROTTLING"', '"Step.SERVICE_FAULT"'],
  },
  'sm/retry-without-effect': {
    marked: 'eptionType": [|"SageMaker.JOB_INTERNAL_ERROR"|], "MaxAttempt',
    near: ['SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
  },
  'sm/definition-too-large': { marked: '|{|"Version": "20', near: ['"stop"', '"stop again"'] },
  'sm/too-many-parameters': {
    marked: '"Parameters": |[|{"Name": "p0",',
    near: ['"Name": "p1"', '"Name": "p1", "Description": "201"'],
  },
  'sm/many-steps': { marked: '01", "Steps": |[|{"Name": "Stop', near: ['"stop"', '"51 steps"'] },
  'sm/description-too-long': { marked: null, near: ['"short"', `"${'x'.repeat(3072)}"`] },
  'sm/display-name-too-long': { marked: null, near: ['"Stop here"', `"${'x'.repeat(256)}"`] },
  'sm/metadata-invalid': { marked: 'a": {"owner": |1|}, "Steps": [{', near: ['"ml"', `"${'x'.repeat(1024)}"`] },
  'sm/region-mismatch': { marked: null, near: ['eu-west-1', 'eu-west-2'] },
  'sm/secret-in-environment': {
    marked: 'DB_PASSWORD": |"hunter2"|}, "StoppingCo',
    near: ['"DB_PASSWORD_NAME"', '"MAX_TOKENS"'],
  },
  'sm/account-id-hardcoded': {
    marked: 'tionRoleArn": |"arn:aws:iam::111122223333:role/Train"|, "PrimaryCont',
    near: ['{"Get": "Parameters.Role"}', '"arn:aws:iam::aws:policy/Train"'],
  },
  'sm/image-tag-latest': {
    marked: 'r": {"Image": |"111122223333.dkr.ecr.eu-west-1.amazonaws.com/train:latest"|}}}',
    near: ['@sha256:', ':latest@sha256:'],
  },
  'sm/image-not-pinned': {
    marked: 'r": {"Image": |"111122223333.dkr.ecr.eu-west-1.amazonaws.com/train:1.0"|}}}',
    near: ['@sha256:', ':1.0@sha256:'],
  },
  'sm/no-retry-policy': { marked: '{"Name": |"Train"|, "Type": "Tra', near: ['"MaxAttempts": 3', '"MaxAttempts": 0'] },
  'sm/no-cache': { marked: '{"Name": |"Train"|, "Type": "Tra', near: ['"Enabled": true', '"Enabled": false'] },
  'sm/cache-defeating-timestamp': {
    marked: 'ent": {"RUN": |"train-2026-11-22-10-49-58-112"|}, "StoppingCo',
    near: ['"train"}', '"train-2026"}'],
  },
  'sm/profiler-defeats-cache': {
    marked: 'put.S3Uri"}}, |"ProfilerConfig"|: {"S3OutputPa',
    near: ['"DisableProfiler": true', '"DisableProfiler": true, "S3OutputPath": {"Get": "Parameters.Message"}'],
  },
  'sm/missing-display-name': { marked: '{"Name": |"Stop"|, "Type": "Fai', near: ['"Stop here"', '"Stop"'] },
  'sm/literal-instance-type': {
    marked: 'nstanceType": |"ml.m5.large"|, "InstanceCou',
    near: ['{"Get": "Parameters.InstanceType"}', '"m5.large"'],
  },
  'sm/placeholder-left': {
    marked: '3OutputPath": |"s3://<YOUR_BUCKET>"|}, "StoppingCo',
    near: ['{"Get": "Parameters.Message"}', '"s3://bucket/todos"'],
  },
  'sm/output-path-without-execution-id': {
    marked: '3OutputPath": |"s3://bucket/models"|}, "StoppingCo',
    near: ['"s3://bucket/models"', '"s3://bucket"'],
  },
};
