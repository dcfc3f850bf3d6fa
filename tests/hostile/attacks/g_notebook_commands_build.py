"""attack: a notebook with shell commands, magics and scripts in its outputs and metadata
row: 80
layer: I: commands are dropped, outputs never read
"""

import json


def build(folder, honest, names):
    path = folder / "solution.ipynb"
    commands = f"!touch /tmp/{names['MARK']}-shell\n%run /tmp/x.py\n%system id\n" + honest
    cells = [
        {"cell_type": "code", "source": commands, "metadata": {"tags": ["skip-execution"]}, "execution_count": None,
         "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}]},
        {"cell_type": "code", "source": f"%%bash\ntouch /tmp/{names['MARK']}-bash", "metadata": {}, "outputs": []},
        {"cell_type": "markdown", "source": "<script>alert(1)</script>", "metadata": {}},
    ]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"widgets": "<script>"}, "cells": cells}))
    return path
