"""What a script asks of the hub of Hugging Face by its name there."""

import os

from .texts import is_known

HOST = "huggingface.co"
CALLS = ("from_pretrained", "load_dataset", "snapshot_download", "hf_hub_download")
# Names that stand for files that are given besides.
FORMATS = ("csv", "json", "parquet", "text", "arrow", "imagefolder", "audiofolder", "pandas")
NAMES = ("pretrained_model_name_or_path", "path", "repo_id")


def is_on_hub(name, beside):
    """Whether a name is surely none of a file or folder."""
    return isinstance(name, str) and is_known(name) and name not in (*FORMATS, *beside, "") and not name.startswith((".", "/", "~")) and "://" not in name


def is_kept(name):
    """Whether a name was asked for before and what came is kept: a folder of its own, or one of older versions for all."""
    home = os.environ.get("HF_HOME") or os.path.expanduser("~/.cache/huggingface")
    ends = (name.replace("/", "--"), name.replace("/", "___"))
    folders = [folder for place in ("hub", "datasets") for folder in names_in(os.path.join(home, place))]
    return bool(names_in(os.path.join(home, "transformers"))) or any(one == end or one.endswith(f"s--{end}") for one in folders for end in ends)


def names_in(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


class Hub:
    """Notes the names that are asked for whatever happens."""

    def __init__(self, places, certain):
        self.places, self.certain, self.asked = places, certain, []

    def call(self, called, arguments, keywords):
        if called.rpartition(".")[2] not in CALLS or not self.certain():
            return
        name = arguments[0] if arguments else next((keywords[one] for one in NAMES if one in keywords), None)
        # Something may have been saved by that name before.
        if is_on_hub(name, self.places.touched) and (called, name) not in self.asked:
            self.asked.append((called, name))
