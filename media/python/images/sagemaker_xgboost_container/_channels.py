"""The readers of the built-in algorithms, whatever modules of the same name a script brings along."""

import importlib.util
from pathlib import Path

_path = Path(__file__).parents[2] / "algorithms" / "channels.py"
_spec = importlib.util.spec_from_file_location(f"{__name__}.channels", _path)
channels = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(channels)
