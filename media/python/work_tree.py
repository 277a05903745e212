"""What the SDK writes beside a project's own code while a pipeline is rendered, and what takes it away again."""

import os
import sys

# A step that repacks a model puts these into its source folder, and uploads them from there (sagemaker.workflow._utils).
WRITTEN_BY_SDK = ("_repack_model.py", "_repack_script_launcher.sh")


class WorkTree:
    """Remembers files that only the SDK writes, as they were before it did."""

    def __init__(self):
        self.before = {}

    def watch(self):
        sys.addaudithook(self.hear)

    def hear(self, event, arguments):
        if event != "open" or not isinstance(arguments[0], str) or "w" not in (arguments[1] or ""):
            return
        if os.path.basename(arguments[0]) not in WRITTEN_BY_SDK:
            return
        path = os.path.realpath(arguments[0])
        if path not in self.before:
            self.before[path] = content_of(path)

    def put_back(self):
        for path, content in list(self.before.items()):
            if content is not None:
                with open(path, "wb") as file:
                    file.write(content)
            elif os.path.isfile(path):
                os.remove(path)


def content_of(path):
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return file.read()
