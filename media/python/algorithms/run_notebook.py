"""A notebook job: runs a notebook from its first cell to its last, as the image of SageMaker's notebook jobs does.

The files of the job lie in SM_EXECUTION_INPUT_PATH; the notebook there is SM_INPUT_NOTEBOOK_NAME, and SM_INIT_SCRIPT, where
there is one, is run before it. The hyperparameters of the job become a cell behind the one with the tag `parameters`, or at
the top. The notebook with its outputs is left in the job's output data as SM_OUTPUT_NOTEBOOK_NAME.
https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-auto-run.html
"""

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def parameters_of(folder):
    """The hyperparameters; the SDK writes them as texts."""
    with open(os.path.join(folder, "input", "config", "hyperparameters.json"), encoding="utf-8") as file:
        return json.load(file)


def with_parameters(notebook, values):
    """Puts a cell that assigns the values behind the cell of their defaults."""
    if not values:
        return
    lines = [f"{name} = {value!r}" for name, value in values.items() if name.isidentifier()]
    cell = nbformat.v4.new_code_cell("# Parameters\n" + "\n".join(lines), metadata={"tags": ["injected-parameters"]})
    tagged = [at for at, one in enumerate(notebook.cells) if "parameters" in one.metadata.get("tags", [])]
    notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)


def tell(cell, cell_index, execute_reply):
    """The outputs of a cell are lines of the job's log."""
    for output in cell.outputs:
        data = output.get("data", {})
        text = output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", []))
        if text:
            print(f"[cell {cell_index + 1}] " + COLOURS.sub("", text).rstrip(), flush=True)


def main():
    root = os.environ["SAGEMAKER_BASE_DIR"]
    source, name = os.environ["SM_EXECUTION_INPUT_PATH"], os.environ["SM_INPUT_NOTEBOOK_NAME"]
    shutil.copytree(source, os.getcwd(), dirs_exist_ok=True)
    script = os.environ.get("SM_INIT_SCRIPT")
    if script and os.path.exists(script):
        subprocess.run(["bash", script], check=True)
    notebook = nbformat.read(name, as_version=4)
    with_parameters(notebook, parameters_of(root))
    kernel = os.environ.get("SM_KERNEL_NAME") or "python3"
    if kernel != "python3":
        print(f"The kernel {kernel} is Python's own here.")
    client = NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": os.getcwd()}})
    client.on_cell_executed = tell
    error = None
    try:
        client.execute()
    except CellExecutionError as failed:
        error = failed
    output = os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], os.environ.get("SM_OUTPUT_NOTEBOOK_NAME") or name)
    nbformat.write(notebook, output)
    if error is not None:
        ends = [line for line in COLOURS.sub("", str(error)).splitlines() if line.strip()]
        failure = f"{name}: {error.ename}: {COLOURS.sub('', error.evalue)}" if error.ename else ends[-1]
        with open(os.path.join(root, "output", "failure"), "w", encoding="utf-8") as file:
            file.write(failure)
        sys.exit(failure)


if __name__ == "__main__":
    main()
