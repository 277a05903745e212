"""Sends every AWS call of this Python to the endpoint in AWS_ENDPOINT_URL.

Newer versions of botocore read that variable themselves, older ones do not, and the SageMaker SDK asks STS at an
address of AWS that it writes itself. Python imports this file at its start when its folder is on PYTHONPATH; nothing
else is imported before botocore is. A sitecustomize of the machine's own is run after it.
"""

import importlib.abc
import importlib.util
import os
import sys

_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu")


def _redirect(client):
    """Gives botocore's clients the endpoint where they have none or one of AWS."""
    create = client.ClientCreator.create_client

    def create_client(self, service_name, region_name, is_secure=True, endpoint_url=None, *args, **kwargs):
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        host = (endpoint_url or "").split("://")[-1].split("/")[0].split(":")[0]
        if endpoint and (not endpoint_url or host.endswith(_AWS)):
            endpoint_url = endpoint
        return create(self, service_name, region_name, is_secure, endpoint_url, *args, **kwargs)

    client.ClientCreator.create_client = create_client


class _AfterImport(importlib.abc.MetaPathFinder):
    """Runs `_redirect` on botocore.client right after it was imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.client":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                _redirect(module)

            spec.loader.exec_module = exec_module
        return spec


def _next_sitecustomize():
    """The sitecustomize that this one hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec and spec.loader:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


sys.meta_path.insert(0, _AfterImport())
_next_sitecustomize()
