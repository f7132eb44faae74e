import re
from pathlib import Path

import pytest

import detectors

ROOT = Path(__file__).resolve().parents[2]


def test_every_detector_stands_once_in_the_list_of_its_step():
    there = {
        path.stem if path.suffix else path.name
        for path in (ROOT / "detectors").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert detectors.__doc__ is not None
    told = re.findall(r"`(\w+)`", detectors.__doc__)
    assert sorted(told) == sorted(there - {"__init__"})


@pytest.mark.parametrize("folder", ["detectors", "storage", "flows"])
def test_every_module_says_what_it_is_for(folder):
    silent = [
        path
        for path in (ROOT / folder).rglob("*.py")
        if not path.read_text(encoding="utf-8").startswith(('"""', 'r"""'))
    ]
    assert silent == []
