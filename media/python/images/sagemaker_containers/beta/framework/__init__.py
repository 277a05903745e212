"""See https://github.com/aws/sagemaker-containers/tree/master/src/sagemaker_containers/beta/framework."""
