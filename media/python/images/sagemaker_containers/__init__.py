"""What scripts import of the older toolkit of SageMaker's images, for jobs that run without them."""
