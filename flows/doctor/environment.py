"""Where the settings come from, and what stands there that nobody reads."""

import difflib
import os
from pathlib import Path

from dotenv import dotenv_values

from flows.doctor.finding import Finding
from flows.settings import ENV_FILE, Settings

_OURS = ("TOCSIN_", "SLACK_")


def look_at_settings() -> Finding:
    """Whether there is a file of settings here, and a variable that is misspelt."""
    file = Path(ENV_FILE).absolute()
    read = dotenv_values(file) if file.exists() else {}
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    known |= {f"{name}_FILE" for name in known}
    # Others may have variables SLACK_… in the environment.
    ours = [name for name in os.environ if name.startswith(_OURS[0])]
    ours += [name for name in read if name.startswith(_OURS)]
    unknown = [name for name in dict.fromkeys(ours) if name not in known]
    where = f"{file} and the environment"
    if not file.exists():
        where = f"the environment alone: there is no {file}"
    if not unknown:
        return Finding(what="settings", says=f"from {where}")
    near = {
        name: difflib.get_close_matches(name, sorted(known), n=1) for name in unknown
    }
    told = ", ".join(
        f"{name} (nearest is {found[0]})" if found else name
        for name, found in near.items()
    )
    return Finding(
        what="settings",
        says=f"from {where}; nobody reads {told}",
        cure="correct the names; deploy/env.example has them all",
    )
