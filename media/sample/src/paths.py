"""Where a job finds its files.

In a SageMaker container everything lies under /opt/ml. SAGEMAKER_BASE_DIR names another place, which is how the
same scripts run without a container.
"""
import os
from pathlib import Path

ROOT = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def processing(name: str) -> Path:
    """Folder of an input or output of a processing job."""
    return ROOT / "processing" / name


def channel(name: str) -> Path:
    """Folder of an input channel of a training job."""
    return ROOT / "input" / "data" / name


def config(name: str) -> Path:
    """File that describes a training job, such as hyperparameters.json."""
    return ROOT / "input" / "config" / name


def model() -> Path:
    """Folder whose content becomes model.tar.gz."""
    return ROOT / "model"
