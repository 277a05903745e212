"""Leaves a project's folder as it was while a pipeline is rendered, but for what its script itself writes there."""

import importlib
import os
import re
import shutil
import signal
import sys
import tempfile

# A step that repacks a model puts these into its source folder, and uploads them from there (sagemaker.workflow._utils).
WRITTEN_BY_SDK = ("_repack_model.py", "_repack_script_launcher.sh")
# Its code, which also appends what it needs to a project's requirements, and Python's own.
SDK = re.compile(r"[/\\](?:site|dist)-packages[/\\]sagemaker[/\\]")
LIBRARY = os.path.dirname(os.__file__)


class WorkTree:
    """
    Remembers files that are written to as they were before. What the SDK writes, what is downloaded (it is Local's, not
    the project's), and what ends up empty, as a file for which there was nothing to be had, is put back.
    """

    def __init__(self, root):
        self.root = os.path.join(os.path.realpath(root), "")
        self.before, self.foreign, self.folders = {}, set(), []
        self.copies = None

    def watch(self):
        sys.addaudithook(self.hear)
        self.watch_downloads()
        if hasattr(signal, "SIGTERM"):
            signal.signal(signal.SIGTERM, self.stop)

    def hear(self, event, arguments):
        if event == "open":
            path, mode, flags = arguments
            if not isinstance(path, str) or not (set(mode) & set("wax+") if isinstance(mode, str) else flags & os.O_TRUNC):
                return
            if self.is_of_sdk(sys._getframe(1)):
                self.foreign.add(self.remember(path))
            elif not isinstance(mode, str) or "w" in mode:
                self.remember(path)
        elif event == "os.mkdir" and isinstance(arguments[0], str):
            self.folders.append(os.path.realpath(arguments[0]))

    def is_of_sdk(self, frame):
        """Whether a file is opened by the SDK: by its code, or by what that calls of Python's own."""
        while frame is not None and frame.f_code.co_filename.startswith((LIBRARY, "<frozen")) and not SDK.search(frame.f_code.co_filename):
            frame = frame.f_back
        return frame is not None and SDK.search(frame.f_code.co_filename) is not None

    def watch_downloads(self):
        try:
            transfer, inject = importlib.import_module("boto3.s3.transfer").S3Transfer, importlib.import_module("boto3.s3.inject")
        except ModuleNotFoundError:
            return
        to_path, to_file = transfer.download_file, inject.download_fileobj

        def download_file(kind, bucket, key, filename, *rest, **options):
            self.foreign.add(self.remember(filename))
            return to_path(kind, bucket, key, filename, *rest, **options)

        def download_fileobj(client, Bucket, Key, Fileobj, *rest, **options):
            name = getattr(Fileobj, "name", None)
            if isinstance(name, str):
                self.foreign.add(self.remember(name))
            return to_file(client, Bucket, Key, Fileobj, *rest, **options)

        transfer.download_file, inject.download_fileobj = download_file, download_fileobj

    def remember(self, path):
        """Keeps a file as it is before it is first written to."""
        path = os.path.realpath(path)
        is_watched = path.startswith(self.root) or os.path.basename(path) in WRITTEN_BY_SDK
        if is_watched and path not in self.before:
            self.before[path] = self.copy(path) if os.path.isfile(path) else None
        return path

    def copy(self, path):
        self.copies = self.copies or tempfile.mkdtemp()
        return shutil.copy2(path, os.path.join(self.copies, str(len(self.before))))

    def content_before(self, path):
        """What a file held before it was written to; nothing where it was not there."""
        copy = self.before.get(os.path.realpath(path))
        if copy is None:
            return b""
        with open(copy, "rb") as file:
            return file.read()

    def put_back(self):
        for path, copy in list(self.before.items()):
            is_there = os.path.isfile(path)
            is_foreign = os.path.basename(path) in WRITTEN_BY_SDK or path in self.foreign
            if not is_foreign and not (is_there and os.path.getsize(path) == 0):
                continue
            if copy is not None:
                shutil.copy2(copy, path)
            elif is_there:
                os.remove(path)
                self.leave_folders(path)
        if self.copies is not None:
            shutil.rmtree(self.copies, ignore_errors=True)

    def leave_folders(self, path):
        """Takes away the folders that were made for a file, where they hold nothing else."""
        for folder in reversed(self.folders):
            if path.startswith(os.path.join(folder, "")) and os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)

    def stop(self, *_):
        """The rendering is stopped from outside."""
        self.put_back()
        os._exit(1)
