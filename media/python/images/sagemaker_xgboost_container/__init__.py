"""What scripts import of SageMaker's XGBoost image, for jobs that run without it."""
